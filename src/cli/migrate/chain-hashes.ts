import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { hasTransaction } from '../../migration/step.ts'
import { filesOf, type NewFile } from './migration-folder.ts'
import type { PhaseFiles } from './phase-files.ts'

/**
 * Gives each file the headers of a committed migration of graphile-migrate: its hash, and that of the one
 * before it.
 * https://github.com/graphile/migrate/blob/main/src/hash.ts
 */
export function chainHashes(phases: readonly PhaseFiles[], folder: string): PhaseFiles[] {
  let previous = lastHash(folder)
  return phases.map(({ phase, files: [up, ...more] }) => {
    if (!up) return { phase, files: more }
    const body = `${hasTransaction(phase) ? '' : '--! no-transaction\n'}${up.text.trim()}\n`
    const hash = hashOf(body, previous)
    const text = `${header(up, { hash, previous })}\n\n${body}`
    previous = hash
    return { phase, files: [{ ...up, text }, ...more] }
  })
}

function header(
  { path }: NewFile,
  { hash, previous = '-' }: { hash: string; previous?: string | undefined },
) {
  const message = basename(path, '.sql').replace(/^\d+-/, '')
  return [`--! Previous: ${previous}`, `--! Hash: ${hash}`, `--! Message: ${message}`].join('\n')
}

function hashOf(body: string, previous = ''): string {
  const text = `${`${previous}\n${body.trim()}`.trim()}\n`
  return `sha1:${createHash('sha1').update(text).digest('hex')}`
}

function lastHash(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined
  const last = filesOf(folder)
    .filter((file) => /^\d{6}(?:-[-\w]*)?\.sql$/.test(file))
    .toSorted()
    .at(-1)
  if (last === undefined) return undefined
  return /^--! Hash: (\S+)/m.exec(readFileSync(join(folder, last), 'utf8'))?.[1]
}
