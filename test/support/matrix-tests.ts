import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesLoadedBy } from './imports.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What a cell of the matrix differs in from `npm test`. */
export type Difference =
  /** The oldest server: what talks to one, and is not the same with any. */
  | 'oldest server'
  /** A server between the oldest and the newest: what reads its catalog or relies on its sessions. */
  | 'server'
  /** Another Kysely, or another pg: the runtime, and the commands that hand migrations to Kysely. */
  | 'packages'

/** Long, and about the acts of the runtime and of the command rather than about versions. */
const LONG = ['db/runtime/soak', 'db/runtime/pgbouncer']

/**
 * They hold the runtime against other packages, or measure this process: any server will do. The last
 * is a sample of the starting states, all of which run.
 */
const OF_ANY_SERVER = [
  'db/runtime/contexts',
  'db/runtime/resources',
  'db/runtime/tracing',
  'db/runtime/wrappers',
  'db/migration/usual-states',
]

/**
 * The test files that can tell another version from the usual one. What a file loads decides, so that a new
 * one needs no line here: it talks to a server when it loads `support/postgres.ts`; to the runtime when it
 * loads a file of `src/runtime/`; to the command when it loads `src/cli/main.ts`, which loads every layer.
 */
export function testsFor(difference: Difference, { isComplete = false } = {}): string[] {
  const known = new Map<string, string[]>()
  return testFiles()
    .filter((file) => isComplete || !isOneOf(LONG, file))
    .filter((file) => canTell(file, difference, known))
}

function canTell(file: string, difference: Difference, known: Map<string, string[]>): boolean {
  const loaded = [...filesLoadedBy(join(ROOT, file), known)].map((path) => relative(ROOT, path))
  const isRuntime = loaded.some((path) => path.startsWith('src/runtime/'))
  const isCommand = loaded.includes('src/cli/main.ts')
  if (!loaded.includes('test/support/postgres.ts')) return false
  switch (difference) {
    case 'oldest server':
      return !isOneOf(OF_ANY_SERVER, file)
    case 'server':
      return (!isRuntime && !isCommand) || isSession(file) || isWholeWay(file)
    case 'packages':
      return isRuntime || isOfMigrator(file)
  }
}

function isOneOf(names: readonly string[], file: string): boolean {
  return names.some((name) => file === `test/${name}.test.ts`)
}

/** Its proofs ask the catalog and the settings of the server. */
function isSession(file: string): boolean {
  return file.startsWith('test/db/runtime/residue/')
}

/** The command from its config to the audit, over every starting state: each layer at its work. */
function isWholeWay(file: string): boolean {
  return file === 'test/db/migration/starting-states.test.ts'
}

function isOfMigrator(file: string): boolean {
  return /^test\/cli\/(migrate|kysely)-/.test(file) || file.startsWith('test/db/cli/connect/')
}

function testFiles(): string[] {
  return ['test/db', 'test/cli']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .toSorted()
}
