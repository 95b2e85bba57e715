import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MigrationFormat } from '../../config/migration-format.ts'
import type { FileKind } from '../../migration/file-kind.ts'
import { migrationNames } from '../../migration/file-name.ts'
import { fitPhases } from '../../migration/fit-phases.ts'
import { FORMATS, templateOf } from '../../migration/format.ts'
import { renderMigration } from '../../migration/render.ts'
import type { Phase } from '../../migration/step.ts'
import { chainHashes } from './chain-hashes.ts'
import { addToJournal } from './drizzle-journal.ts'
import { existingNames } from './existing-names.ts'
import type { PhaseFiles } from './phase-files.ts'

// The same distance from `src/cli` and from `dist/cli`.
const TEMPLATES = new URL('../../../migrations-templates/', import.meta.url)

export interface Target {
  readonly folder: string
  readonly format: MigrationFormat
  /** Second part of the file names. */
  readonly name: string
  /** Paths of files that these ones take the place of. */
  readonly without?: readonly string[]
}

/** Renders the files of `migrate:rls` without writing them. */
export function migrationFiles(
  phases: readonly Phase[],
  { folder, format, name, without }: Target,
): PhaseFiles[] {
  const { naming, files, outside } = FORMATS[format]
  const fitted = fitPhases(phases, outside)
  const plain = naming.isAscii ? name.replaceAll(/[^\w-]/g, '-') : name
  const stems = fitted.map(({ stem }) => `${plain}_${stem}`)
  const names = migrationNames(existingNames(folder, format, without), stems, {
    ...naming,
    now: new Date(),
  })
  const type = packageType(folder)
  const written = fitted.map(({ phase }, index) => ({
    phase,
    files: files.map((kind) => ({
      path: join(folder, `${kind.prefix ?? ''}${names[index]}${kind.ending[type]}`),
      text: renderFile(kind, phase),
    })),
  }))
  if (format === 'graphile-migrate') return chainHashes(written, folder)
  return format === 'drizzle' ? addToJournal(written, folder) : written
}

function renderFile(kind: FileKind, phase: Phase): string {
  const template = readFileSync(new URL(templateOf(kind, phase), TEMPLATES), 'utf8')
  return renderMigration(template, phase, kind)
}

/**
 * The module system by which Node loads a `.js` file of this folder.
 * https://nodejs.org/api/packages.html#determining-module-system
 */
function packageType(folder: string): 'module' | 'commonjs' {
  const file = join(folder, 'package.json')
  if (existsSync(file)) return isModule(readFileSync(file, 'utf8')) ? 'module' : 'commonjs'
  return dirname(folder) === folder ? 'commonjs' : packageType(dirname(folder))
}

function isModule(text: string): boolean {
  try {
    const { type }: { type?: unknown } = JSON.parse(text)
    return type === 'module'
  } catch {
    // Node reports the broken file when it needs it.
    return false
  }
}
