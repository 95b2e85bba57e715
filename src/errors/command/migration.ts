import { lines, reasonOf } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

export function migrationDistributed(tables: readonly string[]): TenancyError {
  return new TenancyError(
    'MIGRATION.DISTRIBUTED',
    lines(
      'Citus distributes these tables: it refuses policies with a sub-select there, and a new default of a distribution column; nothing was written.',
      tables,
    ),
    'Take them out of `tables` in the config, and write their policies by hand, without the sub-select; `audit` judges them.',
  )
}

export function migrationFailed(name: string, cause: unknown): TenancyError {
  return new TenancyError(
    'MIGRATION.FAILED',
    `Migration ${name} failed: ${reasonOf(cause)}; what ran before it stays, and the transaction that failed was rolled back.`,
    'Fix the cause and run the same command again; it continues where it stopped.',
    { cause },
  )
}

export function migrationFileExists(path: string): TenancyError {
  return new TenancyError(
    'MIGRATION.FILE_EXISTS',
    `${path} exists already; nothing was written.`,
    'Choose another name with `--name`, or move the file.',
  )
}

export function migrationFolderNotReadable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'MIGRATION.FOLDER_NOT_READABLE',
    `The migrations folder ${path} cannot be read: ${reasonOf(cause)}; nothing was done.`,
    'Correct `migrations.folder` in the config or `migrationFolder` in kysely.config, or write the first migration with `kysely-tenants migrate:rls`.',
    { cause },
  )
}

export function migrationFolderNotWritable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'MIGRATION.FOLDER_NOT_WRITABLE',
    `The migrations folder ${path} cannot be written: ${reasonOf(cause)}; nothing was written.`,
    'Correct its permissions, `migrations.folder` in the config, or `migrationFolder` in kysely.config.',
    { cause },
  )
}

export function migrationNoColumn(columns: readonly string[]): TenancyError {
  return new TenancyError(
    'MIGRATION.NO_COLUMN',
    lines(
      'These tables have no tenant column, and where it would come from is not known; nothing was written.',
      columns,
    ),
    "Name the column the table has, { column: … }, or where its tenants come from: { backfill: { parent: 'table' } } or { backfill: { tenant: 'id' } }.",
  )
}

export function migrationUnknown(problem: string, near: string | undefined): TenancyError {
  return notStarted(
    problem,
    near
      ? `Did you mean ${near}? \`kysely-tenants migrate:list\` lists all names.`
      : 'List all names with `kysely-tenants migrate:list`.',
  )
}

/** Before the first migration: a file does not load, files and database differ, or writes are refused. */
export function migrationNotStarted(problem: string, cause: unknown): TenancyError {
  return notStarted(problem, nextAfter(cause), { cause })
}

function notStarted(
  problem: string,
  hint: string,
  options?: { readonly cause: unknown },
): TenancyError {
  return new TenancyError(
    'MIGRATION.NOT_STARTED',
    `${problem}; no migration was run.`,
    hint,
    options,
  )
}

function nextAfter(cause: unknown): string {
  switch (cause instanceof Error && 'code' in cause && cause.code) {
    // A write in a read-only transaction.
    case '25006':
      return 'Connect to the primary: a standby takes no writes, nor does a session with `default_transaction_read_only`.'
    // A privilege is missing.
    case '42501':
      return 'The record of the migrations is a table: grant the login CREATE on the schema, or create kysely_migration and kysely_migration_lock as another role and grant it all on them.'
    default:
      return 'Fix the file, or make the folder and the table kysely_migration agree.'
  }
}

export function migrationOtherTool(problem: string, hint: string): TenancyError {
  return new TenancyError('MIGRATION.OTHER_TOOL', problem, hint)
}

export function migrationPolicyNotOurs(policies: readonly string[]): TenancyError {
  return new TenancyError(
    'MIGRATION.POLICY_NOT_OURS',
    lines(
      'These policies have names that this tool uses, and something else created them; nothing was written.',
      policies,
    ),
    'Rename or drop them yourself, or name each with `migrate:rls --take-over`.',
  )
}

/** `cause` is a statement that row security would have filtered, and that was refused for it. */
export function migrationRowsHidden(name: string, cause: Error): TenancyError {
  return new TenancyError(
    'MIGRATION.ROWS_HIDDEN',
    `Migration ${name} failed: ${cause.message}. Row security hides rows of that table from the login of the migrations, and the statement would have passed over them in silence; what ran before it stays, and the transaction that failed was rolled back.`,
    'Run it with `--url` of a login that has BYPASSRLS; or let the owner see every row, `roles: { owner }` or `force: false` in the config; or work for one tenant in the file: `set local row_security = on`, then `set_config` of its id (docs/owner.md).',
    { cause },
  )
}

/** `cause` is an integrity violation, SQLSTATE class 23; the SQL of the migrations puts the query into its message. */
export function migrationRowsInTheWay(name: string, cause: Error): TenancyError {
  const detail = 'detail' in cause && typeof cause.detail === 'string' ? `; ${cause.detail}` : ''
  return new TenancyError(
    'MIGRATION.ROWS_IN_THE_WAY',
    `Migration ${name} failed: ${cause.message}${detail}; what ran before it stays, and the transaction that failed was rolled back.`,
    'Fix the rows, which the query of the message shows if it has one, and run the same command again; it continues where it stopped.',
    { cause },
  )
}
