/** Every code, in one list. A test holds it to one factory a code and to the README. */
export const ERROR_CODES = [
  'ADMIN.NO_POOL',
  'BACKFILL.FAILED',
  'BACKFILL.INTERRUPTED',
  'BACKFILL.REFUSED',
  'BACKFILL.ROWS_HIDDEN',
  'BASELINE.NOT_FOUND',
  'BASELINE.NOT_WRITABLE',
  'BASELINE.UNREADABLE',
  'CATALOG.CHANGED',
  'CATALOG.MISMATCH',
  'CHECK.UNKNOWN',
  'CONFIG.FILE_EXISTS',
  'CONFIG.INVALID',
  'CONFIG.NOT_FOUND',
  'CONFIG.NOT_WRITABLE',
  'CONFIG.UNREADABLE',
  'CONNECTION.IN_DOUBT',
  'CONNECTION.IN_TRANSACTION',
  'DATABASE.CONNECTION_LOST',
  'DATABASE.LOGIN_REFUSED',
  'DATABASE.UNREACHABLE',
  'DIALECT.FOREIGN',
  'DIALECT.UNSUPPORTED_POOL',
  'INIT.AMBIGUOUS',
  'INIT.CANCELLED',
  'INIT.NOTHING_FOUND',
  'INIT.UNKNOWN_NAME',
  'MIGRATION.FAILED',
  'MIGRATION.FILE_EXISTS',
  'MIGRATION.FOLDER_NOT_READABLE',
  'MIGRATION.FOLDER_NOT_WRITABLE',
  'MIGRATION.NO_COLUMN',
  'MIGRATION.NOT_STARTED',
  'MIGRATION.OTHER_TOOL',
  'MIGRATION.POLICY_NOT_OURS',
  'MIGRATION.ROWS_IN_THE_WAY',
  'POOL.EXHAUSTED',
  'POOLER.DETECTED',
  'ROLE.BYPASSES_RLS',
  'SCOPE.ENDED',
  'SERVER.UNSUPPORTED',
  'SESSION.CHANGED',
  'SETTING.HAS_DEFAULT',
  'SETTING.INVALID',
  'SNAPSHOT.NOT_WRITABLE',
  'SNAPSHOT.OTHER_CONFIG',
  'SNAPSHOT.UNREADABLE',
  'TENANT.INVALID',
  'TENANT.MISMATCH',
  'TENANT.MISSING',
  'TENANT.VIOLATION',
  'TRANSACTION.ROLLED_BACK',
  'TRANSACTION.STATEMENT_RUNNING',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

const BRAND = 'kysely-tenants.TenancyError'

/**
 * A failure the caller can act on. Match on `code`: `message` may be reworded in any release.
 *
 * @example
 * ```ts
 * const describe = ({ code, message, hint }: TenancyError) => `${code} ${message} ${hint}`
 * ```
 */
export class TenancyError extends Error {
  override readonly name: string = 'TenancyError'
  readonly code: ErrorCode
  /** What to do next. */
  readonly hint: string

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.hint = hint
  }

  // A getter lives on the prototype, so that a logged error does not show it.
  get brand(): string {
    return BRAND
  }
}

/**
 * Unlike `instanceof`, this also recognises an error thrown by a second copy of the package.
 *
 * @example
 * ```ts
 * if (isTenancyError(error) && error.code === 'TENANT.VIOLATION') reply.code(403)
 * ```
 */
export function isTenancyError(error: unknown): error is TenancyError {
  return error instanceof Error && 'brand' in error && error.brand === BRAND
}

/** The first error wins: what the clean-up said travels along with it, and is never thrown itself. */
export function suppress(first: unknown, cleanUp: unknown): void {
  if (first instanceof Error) Object.assign(first, { suppressed: cleanUp })
}

function lines(first: string, more: readonly string[]): string {
  return [first, ...more].join('\n  ')
}

export function adminNoPool(): TenancyError {
  return new TenancyError(
    'ADMIN.NO_POOL',
    'A statement ran in `runAsAdmin`, and the dialect has no `adminPool`; it was not sent.',
    'Give TenantDialect an `adminPool` with the login of the admin role.',
  )
}

/** @param filled rows that have their tenants by this run, and keep them */
export function backfillFailed(table: string, filled: number, cause: unknown): TenancyError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TenancyError(
    'BACKFILL.FAILED',
    `Filling ${table} stopped: ${reason}; ${filled} rows were filled before, and stay so.`,
    'Mend the cause and run the same command again; it goes on where it stopped.',
    { cause },
  )
}

export function backfillInterrupted(table: string, filled: number): TenancyError {
  return new TenancyError(
    'BACKFILL.INTERRUPTED',
    `Interrupted in ${table}; ${filled} rows were filled before, and stay so.`,
    'Run the same command again; it goes on where it stopped.',
  )
}

export function backfillRefused(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'BACKFILL.REFUSED',
    lines('These tables cannot be filled; no row was.', problems),
    'Run the migration that adds a missing column first, `migrate:latest --to <migration>`; name an unknown source in the config, { backfill: … }.',
  )
}

/** @param logins that see every row */
export function backfillRowsHidden(
  problems: readonly string[],
  logins: readonly string[],
): TenancyError {
  return new TenancyError(
    'BACKFILL.ROWS_HIDDEN',
    lines('Row security hides rows that have to be seen; no row was filled.', problems),
    `Fill before the migration with FORCE runs, as the owner; or with \`--url\` of a login that is superuser or BYPASSRLS: ${logins.join(', ')}.`,
  )
}

export function baselineNotFound(path: string): TenancyError {
  return new TenancyError(
    'BASELINE.NOT_FOUND',
    `There is no baseline at ${path}; nothing was judged.`,
    'Write it with `--update-baseline`: what is found then is known.',
  )
}

export function baselineNotWritable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'BASELINE.NOT_WRITABLE',
    `The baseline ${path} cannot be written, and is as it was: ${(cause as Error).message}`,
    'Give it another path.',
    { cause },
  )
}

export function baselineUnreadable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'BASELINE.UNREADABLE',
    `The baseline ${path} cannot be read; nothing was judged: ${(cause as Error).message}`,
    'Take it from version control, or remove it and write it with `--update-baseline`.',
    { cause },
  )
}

/** `cause`: what was looked up in vain. */
export function catalogChanged(cause: unknown): TenancyError {
  return new TenancyError(
    'CATALOG.CHANGED',
    'The schema changed while it was read; nothing was judged.',
    'Run it again when no migration is running.',
    { cause },
  )
}

export function catalogMismatch(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'CATALOG.MISMATCH',
    lines('The config and the database do not fit; nothing was done.', problems),
    'Run the pending migrations of your schema first, or correct the names in the config.',
  )
}

export function checkUnknown(check: string, near: string | undefined): TenancyError {
  return new TenancyError(
    'CHECK.UNKNOWN',
    `There is no check ${check}.`,
    near ? `Did you mean ${near}?` : 'List them all with `kysely-tenants explain`.',
  )
}

export function configFileExists(path: string): TenancyError {
  return new TenancyError(
    'CONFIG.FILE_EXISTS',
    `${path} exists already; nothing was written.`,
    'Overwrite it with `--force`, see what would be written with `--dry-run`, or move it away.',
  )
}

export function configInvalid(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'CONFIG.INVALID',
    lines('The config is not valid; nothing was done.', problems),
    'Each line above names the key and what it expects.',
  )
}

export function configNotFound(path: string): TenancyError {
  return new TenancyError(
    'CONFIG.NOT_FOUND',
    `There is no config file at ${path}; nothing was done.`,
    'Write one with `kysely-tenants init`, or pass `--config <path>`.',
  )
}

export function configNotWritable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'CONFIG.NOT_WRITABLE',
    `The config file ${path} cannot be written: ${(cause as Error).message}; nothing was written.`,
    'Create the folder, correct its permissions, or pass another `--config <path>`.',
    { cause },
  )
}

export function configUnreadable(path: string, cause: unknown): TenancyError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TenancyError(
    'CONFIG.UNREADABLE',
    `The config file ${path} could not be loaded: ${reason}`,
    'Run it on its own to see the whole error; a default export is expected.',
    { cause },
  )
}

export function connectionInDoubt(): TenancyError {
  return new TenancyError(
    'CONNECTION.IN_DOUBT',
    'A connection of the wrapped dialect did not answer, or its role was changed; nothing is sent on it any more.',
    'Find what timed out or changed the role; the dialect has one connection less until it is made anew.',
  )
}

/** Somebody took this client from the pool, opened a transaction and gave it back. */
export function connectionInTransaction(cause: unknown): TenancyError {
  return new TenancyError(
    'CONNECTION.IN_TRANSACTION',
    'The pool handed out a client inside an open transaction; the client was destroyed, and what the statement did is rolled back.',
    'Something else uses this pool and releases clients without commit or rollback; find it, then try again.',
    { cause },
  )
}

export function databaseConnectionLost(target: string, cause: unknown): TenancyError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TenancyError(
    'DATABASE.CONNECTION_LOST',
    `The connection to ${target} broke half-way: ${reason}; what was not committed is undone.`,
    'Look into the log of the server, then run the command again.',
    { cause },
  )
}

export function databaseLoginRefused(target: string, cause: unknown): TenancyError {
  return new TenancyError(
    'DATABASE.LOGIN_REFUSED',
    `${target} refused the login: ${(cause as Error).message}`,
    'Check user, password and database in `connection` or `--url`.',
    { cause },
  )
}

export function databaseUnreachable(target: string, cause: unknown): TenancyError {
  const reason = cause instanceof Error ? cause.message || String(cause.name) : String(cause)
  return new TenancyError(
    'DATABASE.UNREACHABLE',
    `${target} could not be reached: ${reason}; nothing was done.`,
    'Set `connection` in the config or pass `--url postgres://user:password@host:5432/database`.',
    { cause },
  )
}

export function dialectForeign(what: string): TenancyError {
  return new TenancyError(
    'DIALECT.FOREIGN',
    `${what}; no handle was made.`,
    'Pass the Kysely instance that was created with `new TenantDialect({ tenancy, … })` of this tenancy.',
  )
}

export function dialectUnsupportedPool(problem: string): TenancyError {
  return new TenancyError(
    'DIALECT.UNSUPPORTED_POOL',
    `The pool cannot carry a tenant: ${problem}; nothing was sent.`,
    'Use `new Pool()` of pg ≥ 8.16, without `pipeline` and without pg-native.',
  )
}

/** @param options what the question could be answered with, a line each */
export function initAmbiguous(
  question: string,
  options: readonly string[],
  flag: string,
): TenancyError {
  return new TenancyError(
    'INIT.AMBIGUOUS',
    lines(`The catalog does not say: ${question} Nothing was written.`, options),
    `Choose with \`${flag}\`.`,
  )
}

export function initCancelled(): TenancyError {
  return new TenancyError(
    'INIT.CANCELLED',
    'The questions were not answered to the end; nothing was written.',
    'Run it again, or pass the answers as flags: `kysely-tenants init --help`.',
  )
}

export function initNothingFound(database: string, hasTables: boolean): TenancyError {
  return new TenancyError(
    'INIT.NOTHING_FOUND',
    hasTables
      ? `No table of ${database} has a column that looks like a tenant, or a foreign key to a table of tenants; nothing was written.`
      : `${database} has no tables to look at; nothing was written.`,
    hasTables
      ? 'Name the column with `--tenant-column`, or the table of the tenants with `--tenants-table`.'
      : 'Run the migrations of your schema first, or name the right `--url` or `--schema`.',
  )
}

export function initUnknownName(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'INIT.UNKNOWN_NAME',
    lines('The flags and the database do not fit; nothing was written.', problems),
    'Write names as the database has them: case counts, quotes are not part of them.',
  )
}

export function migrationFailed(name: string, cause: unknown): TenancyError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new TenancyError(
    'MIGRATION.FAILED',
    `Migration ${name} failed: ${reason}; what ran before it stays, nothing of a failed transaction does.`,
    'Mend the cause and run the same command again; it goes on where it stopped.',
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
    `The migrations folder ${path} cannot be read: ${(cause as Error).message}; nothing was done.`,
    'Correct `migrations.folder` in the config or `migrationFolder` in kysely.config, or write the first migration with `kysely-tenants migrate:rls`.',
    { cause },
  )
}

export function migrationFolderNotWritable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'MIGRATION.FOLDER_NOT_WRITABLE',
    `The migrations folder ${path} cannot be written: ${(cause as Error).message}; nothing was written.`,
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

/** Before the first migration: a file does not load, or files and database do not fit. */
export function migrationNotStarted(problem: string, cause: unknown): TenancyError {
  return new TenancyError(
    'MIGRATION.NOT_STARTED',
    `${problem}; no migration was run.`,
    'Mend the file, or bring the folder and the table kysely_migration together.',
    { cause },
  )
}

/** @param run what to do instead */
export function migrationOtherTool(what: string, tool: string, run: string): TenancyError {
  return new TenancyError(
    'MIGRATION.OTHER_TOOL',
    `${what} written for ${tool}, not for Kysely; nothing was done.`,
    run,
  )
}

export function migrationPolicyNotOurs(policies: readonly string[]): TenancyError {
  return new TenancyError(
    'MIGRATION.POLICY_NOT_OURS',
    lines(
      'These policies have the names of the tool and were not made by it; nothing was written.',
      policies,
    ),
    'Rename or drop them yourself, or name each with `migrate:rls --take-over`.',
  )
}

/** `cause`: an integrity violation, SQLSTATE class 23; the written files say in it where to look. */
export function migrationRowsInTheWay(name: string, cause: Error): TenancyError {
  const detail = 'detail' in cause && typeof cause.detail === 'string' ? `; ${cause.detail}` : ''
  return new TenancyError(
    'MIGRATION.ROWS_IN_THE_WAY',
    `Migration ${name} failed: ${cause.message}${detail}; what ran before it stays, nothing of a failed transaction does.`,
    'Mend the rows, those that the query shows if there is one, and run the same command again; it goes on where it stopped.',
    { cause },
  )
}

/** Why somebody gets no client of a pool. */
export interface PoolUse {
  /** There are several clients, and waiting can have a limit. */
  readonly isPool: boolean
  readonly who: string
  readonly waited: string
  /** How many of the clients `who` holds. */
  readonly own: number
  /** The eldest first. */
  readonly leases: readonly {
    readonly use: string
    readonly scope: string
    readonly held: string
  }[]
}

/** `cause`: what the pool said when it gave up. Without it they all still wait. */
export function poolExhausted(use: PoolUse, cause?: unknown): TenancyError {
  const { isPool, who, waited, own, leases } = use
  const streams = leases.filter((lease) => lease.use === 'stream').length
  const inUse = `${leases.length} in use, ${own} of them by this scope, ${streams} by open streams`
  const problem =
    cause === undefined
      ? `has waited ${waited} for a client of the pool, and so have all who hold one: perhaps they wait for each other, and for ever`
      : `waited ${waited} for a client of the pool; it was not sent`
  const eldest = leases
    .slice(0, 5)
    .map((lease) => `${lease.use} of ${lease.scope} for ${lease.held}`)
  const more = leases.length > 5 ? [`and ${leases.length - 5} more`] : []
  return new TenancyError(
    'POOL.EXHAUSTED',
    lines(`A statement of ${who} ${problem}. Clients: ${inUse}.`, [...eldest, ...more]),
    [
      ...(own > 0
        ? ['Inside a transaction use the `trx` of its callback, not the Kysely around it.']
        : []),
      ...(streams > 0 ? ['Read a stream to its end, or leave it by `break` or `return()`.'] : []),
      ...(isPool ? ['Hold clients for a shorter time, or give the pool a greater `max`.'] : []),
      ...(isPool && cause === undefined
        ? ['With a `connectionTimeoutMillis` of the pool this is an error.']
        : []),
    ].join(' '),
    cause === undefined ? undefined : { cause },
  )
}

export function poolerDetected(): TenancyError {
  return new TenancyError(
    'POOLER.DETECTED',
    "A pooler answers for the database, and a tenant of the session would reach whoever gets the server connection next; strategy 'session' did not start, and nothing was sent.",
    "Use the strategy 'local', or set `poolerKeepsSessions: true` if the pooler pools by session.",
  )
}

export function roleBypassesRls(reasons: readonly string[]): TenancyError {
  return new TenancyError(
    'ROLE.BYPASSES_RLS',
    lines('Row security does not bind the login of the pool; nothing was sent.', reasons),
    'Connect as a plain login that owns nothing (`roles.app`), or set `guard` to see it through at your own risk.',
  )
}

/** `cause`: why the connection was lost, if it was not given back in the usual way. */
export function scopeEnded(cause?: unknown): TenancyError {
  return new TenancyError(
    'SCOPE.ENDED',
    cause === undefined
      ? 'A statement ran on a connection that was already given back; it was not sent.'
      : 'A statement ran on a connection that an earlier failure has ended; it was not sent.',
    'Await every statement before its transaction or connection callback ends, and keep no handle beyond it.',
    cause === undefined ? undefined : { cause },
  )
}

/** `version`: as in `server_version_num`. */
export function serverUnsupported(version: number): TenancyError {
  return new TenancyError(
    'SERVER.UNSUPPORTED',
    `The server is PostgreSQL ${Math.trunc(version / 10_000)}, older than 14; nothing was judged.`,
    'Update the server: what row security of an older one holds is not known here.',
  )
}

export function sessionChanged(): TenancyError {
  return new TenancyError(
    'SESSION.CHANGED',
    'A statement changed the session that carries the tenant; it is done, and the connection is closed.',
    "Use `set local` in a transaction, or a strategy that gives every statement its tenant, such as 'local'.",
  )
}

export function settingHasDefault(setting: string, value: string): TenancyError {
  return new TenancyError(
    'SETTING.HAS_DEFAULT',
    `A connection of the pool comes with ${setting} = '${value}'; nothing was sent.`,
    'Remove the default: alter role … reset, alter database … reset, or the `options` of the connection.',
  )
}

export function settingInvalid(problem: string): TenancyError {
  return new TenancyError(
    'SETTING.INVALID',
    `${problem}; the scope was not opened.`,
    "Extra settings are named like 'app.user_id' and hold strings.",
  )
}

export function snapshotNotWritable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'SNAPSHOT.NOT_WRITABLE',
    `The snapshot ${path} cannot be written: ${(cause as Error).message}`,
    'Give it another path.',
    { cause },
  )
}

export function snapshotOtherConfig(path: string, missing: readonly string[]): TenancyError {
  return new TenancyError(
    'SNAPSHOT.OTHER_CONFIG',
    lines(`The snapshot ${path} was made for another config; nothing was judged.`, missing),
    'Save it again with this config: `kysely-tenants audit --snapshot <file>`.',
  )
}

export function snapshotUnreadable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'SNAPSHOT.UNREADABLE',
    `The snapshot ${path} cannot be read: ${(cause as Error).message}`,
    'Save it again: `kysely-tenants audit --snapshot <file>`.',
    { cause },
  )
}

export function tenantInvalid(problem: string): TenancyError {
  return new TenancyError(
    'TENANT.INVALID',
    `The tenant id is refused: ${problem}; the scope was not opened.`,
    'Pass the id exactly as the tenant column holds it; look at where it comes from.',
  )
}

export function tenantMismatch(bound: string, asked: string): TenancyError {
  return new TenancyError(
    'TENANT.MISMATCH',
    `Bound to ${bound}, asked for ${asked}; nothing was sent.`,
    'One scope has one tenant: finish the scope, the transaction or the connection before the next begins.',
  )
}

export function tenantMissing(what: string): TenancyError {
  return new TenancyError(
    'TENANT.MISSING',
    `${what} ran outside every tenant scope; it was not sent.`,
    'Wrap it in `tenancy.run(tenant, …)`, or in `tenancy.runGlobal(…)` for global tables.',
  )
}

/** `cause` is what PostgreSQL said: SQLSTATE 42501, raised by a policy. */
export function tenantViolation(
  tenant: string,
  table: string | undefined,
  cause: unknown,
): TenancyError {
  return new TenancyError(
    'TENANT.VIOLATION',
    `A row written to ${table ?? 'a tenant table'} is not one of ${tenant}; the statement was rolled back.`,
    'Leave the tenant column out of inserts, or give it the tenant of the scope.',
    { cause },
  )
}

export function transactionRolledBack(): TenancyError {
  return new TenancyError(
    'TRANSACTION.ROLLED_BACK',
    'COMMIT was answered by ROLLBACK: an earlier statement had failed, and nothing was stored.',
    'Let the error of the failed statement leave the transaction callback, or use a savepoint.',
  )
}

export function transactionStatementRunning(): TenancyError {
  return new TenancyError(
    'TRANSACTION.STATEMENT_RUNNING',
    'A transaction was to end while one of its statements was running; it was rolled back.',
    'Await every statement before the transaction callback returns.',
  )
}
