import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Terminal } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'

export interface CliRun {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Project {
  /** Appears as `<folder>` in what the CLI prints. */
  readonly folder: string
  run(...argv: string[]): Promise<CliRun>
  /** The same at a terminal that can be asked. */
  runAt(terminal: Terminal, ...argv: string[]): Promise<CliRun>
}

/**
 * Runs `body` with a folder that holds this config, removed afterwards.
 *
 * @param config the text of a TypeScript file, an object for a JSON file, `undefined` for no config file
 */
export async function withProject<T>(
  config: object | string | undefined,
  body: (project: Project) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-'))
  try {
    // JSON: a compiler for TypeScript takes longer than most commands.
    const [ending, text] =
      typeof config === 'object' ? ['json', JSON.stringify(config)] : ['ts', config]
    if (text !== undefined) writeFileSync(join(folder, `kysely-tenants.config.${ending}`), text)
    return await body({
      folder,
      run: (...argv) => run(folder, argv),
      runAt: (terminal, ...argv) => run(folder, argv, terminal),
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The output of a command that could not do its job. */
export function trouble(...lines: string[]): CliRun {
  return { code: 2, out: '', err: `${lines.join('\n')}\n` }
}

/** One command in a project of its own. */
export function runCli(argv: readonly string[], config?: object | string): Promise<CliRun> {
  return withProject(config, ({ run }) => run(...argv))
}

async function run(cwd: string, argv: readonly string[], terminal?: Terminal): Promise<CliRun> {
  let out = ''
  let err = ''
  const code = await main(argv, {
    cwd,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    color: false,
    terminal,
  })
  const told = (text: string) => text.replaceAll(cwd, '<folder>')
  return { code, out: told(out), err: told(err).replaceAll(PROGRESS, '') }
}

// Work that takes longer than a second is reported: a slow machine must not change the output of a
// test.
const PROGRESS = /^· .+: \d+ s(?:; .*)?\n/gm
