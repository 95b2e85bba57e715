import type { MigrationFormat } from '../config/migration-format.ts'
import type { Naming } from './file-name.ts'
import { hasTransaction, type Phase } from './step.ts'
import { CONNECTION, KNEX, KYSELY, SQL, type Syntax } from './syntax.ts'

export interface Format {
  readonly naming: Naming
  readonly files: readonly [FileKind, ...FileKind[]]
}

/** A phase becomes a file of each kind. */
export interface FileKind {
  /** Its file in `migrations-templates`, of a phase that has a transaction. */
  readonly template: string
  /** The end of its name, by the `type` of the package it is in. */
  readonly ending: Readonly<Record<'module' | 'commonjs', string>>
  readonly syntax: Syntax
  /** Of `up` where there is no transaction. @default `syntax` */
  readonly syntaxWithoutTransaction?: Syntax
}

// kysely-ctl counts milliseconds. Others write the date and the time, and know a file by that alone.
const KYSELY_NAMES: Naming = { first: 'milliseconds', isUnique: false }
const KNEX_NAMES: Naming = { first: 'date and time', isUnique: false }
const SQL_NAMES: Naming = { first: 'date and time', isUnique: true }

const KNEX_FILE = { syntax: KNEX, syntaxWithoutTransaction: CONNECTION }

export const FORMATS: Readonly<Record<MigrationFormat, Format>> = {
  ts: {
    naming: KYSELY_NAMES,
    files: [{ template: 'kysely.ts', ending: always('.ts'), syntax: KYSELY }],
  },
  js: {
    naming: KYSELY_NAMES,
    files: [{ template: 'kysely.js', ending: { module: '.js', commonjs: '.mjs' }, syntax: KYSELY }],
  },
  'knex-ts': {
    naming: KNEX_NAMES,
    files: [{ template: 'knex.ts', ending: always('.ts'), ...KNEX_FILE }],
  },
  knex: {
    naming: KNEX_NAMES,
    files: [{ template: 'knex.cjs', ending: { module: '.cjs', commonjs: '.js' }, ...KNEX_FILE }],
  },
  sql: {
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

export function templateOf({ template }: FileKind, phase: Phase): string {
  return hasTransaction(phase) ? template : template.replace('.', '-without-transaction.')
}
