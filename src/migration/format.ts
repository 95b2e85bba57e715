import type { MigrationFormat } from '../config/migration-format.ts'
import type { FileKind, Format } from './file-kind.ts'
import type { Naming } from './file-name.ts'
import { OTHER_FORMATS } from './other-formats.ts'
import { hasTransaction, type Phase } from './step.ts'
import { CONNECTION, KNEX, KYSELY, SQL } from './syntax.ts'

// kysely-ctl counts milliseconds. Others write the date and the time, and know a file by that alone.
const KYSELY_NAMES: Naming = { first: 'milliseconds', isUnique: false }
const KNEX_NAMES: Naming = { first: 'date and time', isUnique: false }
const SQL_NAMES: Naming = { first: 'date and time', isUnique: true }

const KNEX_FILE = { syntax: KNEX, syntaxWithoutTransaction: CONNECTION }

export const FORMATS: Readonly<Record<MigrationFormat, Format>> = {
  ...OTHER_FORMATS,
  ts: {
    folder: 'migrations',
    outside: 'script',
    naming: KYSELY_NAMES,
    files: [{ template: 'kysely.ts', ending: always('.ts'), syntax: KYSELY }],
  },
  js: {
    folder: 'migrations',
    outside: 'script',
    naming: KYSELY_NAMES,
    files: [{ template: 'kysely.js', ending: { module: '.js', commonjs: '.mjs' }, syntax: KYSELY }],
  },
  'knex-ts': {
    folder: 'migrations',
    outside: 'script',
    naming: KNEX_NAMES,
    files: [{ template: 'knex.ts', ending: always('.ts'), ...KNEX_FILE }],
  },
  knex: {
    folder: 'migrations',
    outside: 'script',
    naming: KNEX_NAMES,
    files: [{ template: 'knex.cjs', ending: { module: '.cjs', commonjs: '.js' }, ...KNEX_FILE }],
  },
  sql: {
    folder: 'migrations',
    outside: 'script',
    naming: SQL_NAMES,
    files: [
      { template: 'up.sql', ending: always('.up.sql'), syntax: SQL },
      { template: 'down.sql', ending: always('.down.sql'), syntax: SQL },
    ],
  },
}

function always(ending: string): FileKind['ending'] {
  return { module: ending, commonjs: ending }
}

export function templateOf(
  { template, templateWithoutTransaction: other }: FileKind,
  phase: Phase,
): string {
  if (hasTransaction(phase)) return template
  return other ?? template.replace('.', '-without-transaction.')
}
