import { lines } from './message.ts'
import { TenancyError } from './tenancy-error.ts'

const ADMIN_OPTIONS = {
  adminPool: 'TenantDialect an `adminPool`',
  adminDialect: 'TenantDialect an `adminDialect`',
  admin: 'tenantClient an `admin`, a plain Knex',
} as const

/** @param option the one that is absent */
export function adminNoPool(option: keyof typeof ADMIN_OPTIONS): TenancyError {
  return new TenancyError(
    'ADMIN.NO_POOL',
    `A statement of the admin was not sent: there is no \`${option}\`.`,
    `Give ${ADMIN_OPTIONS[option]} with the login of the admin role.`,
  )
}

export function configInvalid(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'CONFIG.INVALID',
    lines('The config is not valid; nothing was done.', problems),
    'Each line above names the key and what it expects.',
  )
}

export function dialectForeign(
  what: string,
  hint = 'Pass the Kysely instance that was created with `new TenantDialect({ tenancy, … })` of this tenancy.',
): TenancyError {
  return new TenancyError('DIALECT.FOREIGN', `${what}; no handle was made.`, hint)
}

export function dialectUnsupportedPool(
  problem: string,
  hint = 'Use `new Pool()` of pg ≥ 8.16, without `pipeline` and without pg-native.',
): TenancyError {
  return new TenancyError(
    'DIALECT.UNSUPPORTED_POOL',
    `The pool cannot carry a tenant: ${problem}; nothing was sent.`,
    hint,
  )
}

export function poolerDetected(): TenancyError {
  return new TenancyError(
    'POOLER.DETECTED',
    "A pooler stands between the application and the database, and could hand a tenant of the session to another client; strategy 'session' did not start, and nothing was sent.",
    "Use the strategy 'local', or set `poolerKeepsSessions: true` if the pooler pools by session.",
  )
}

export function queryTooManyParameters(count: number, limit: number): TenancyError {
  return new TenancyError(
    'QUERY.TOO_MANY_PARAMETERS',
    `A query has ${count} parameters, those of the tenant predicates among them, and PostgreSQL takes ${limit}; it was not sent.`,
    'Send the rows in smaller batches, or as one array parameter with `unnest`.',
  )
}

export function lookupInvalid(problem: string): TenancyError {
  return new TenancyError(
    'LOOKUP.INVALID',
    `${problem}; nothing was sent.`,
    'Name a lookup of `lookups` in the config, and pass the one value that its column has.',
  )
}

/** `cause` is the error of PostgreSQL: SQLSTATE 42501, raised by a policy that does not ask for the tenant. */
export function policyViolation(
  table: string | undefined,
  policy: string | undefined,
  cause: unknown,
): TenancyError {
  const which = policy === undefined ? 'its policies' : `the policy ${policy}`
  return new TenancyError(
    'POLICY.VIOLATION',
    `A row written to ${table ?? 'a table'}, by the statement or by a trigger of it, is refused by ${which}; the statement was rolled back.`,
    'Look at the policies of that table: none of them that is for the tenant has refused the row.',
    { cause },
  )
}

export function roleBypassesRls(reasons: readonly string[]): TenancyError {
  return new TenancyError(
    'ROLE.BYPASSES_RLS',
    lines('Row security does not bind the login of the pool; nothing was sent.', reasons),
    "Connect as a login that owns no tables and has no special attributes (`roles.app`), or set `guard` to 'warn' or 'off' at your own risk.",
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

export function sessionChanged(): TenancyError {
  return new TenancyError(
    'SESSION.CHANGED',
    'A statement changed the session that carries the tenant; the statement took effect, and the connection was closed.',
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

export function settingInvalid(problem: string, cause?: unknown): TenancyError {
  return new TenancyError(
    'SETTING.INVALID',
    `${problem}; the scope was not opened.`,
    "A scope carries settings named like 'app.user_id' and limits such as 'statement_timeout', as strings; docs/runtime.md lists them.",
    cause === undefined ? undefined : { cause },
  )
}

/** What a wrapper around `client.query` handed on would have run without its tenant. */
export function statementNotTaken(cause: unknown): TenancyError {
  return new TenancyError(
    'CONNECTION.WRAPPED',
    'A wrapper around `client.query` of pg did not hand on the statement that it was given, but a copy of it or none; the statement was not sent, and the client was destroyed.',
    'Let the wrapper pass the object on as it is: change its `text` and `callback` in place, or leave objects with a `submit` method alone.',
    cause === undefined ? undefined : { cause },
  )
}

export function tenantInvalid(problem: string): TenancyError {
  return new TenancyError(
    'TENANT.INVALID',
    `The tenant id is refused: ${problem}; the scope was not opened.`,
    'Pass the id exactly as the tenant column holds it; check where it comes from.',
  )
}

export function tenantMismatch(bound: string, asked: string): TenancyError {
  return new TenancyError(
    'TENANT.MISMATCH',
    `Bound to ${bound}, asked for ${asked}; nothing was sent.`,
    'One scope has one tenant: finish it before the next begins. Code that works for several tenants says so: `tenancy.detached(…)`, `forTenant(db, tenant, { detached: true })`, `tenancy.bind(callback)`.',
  )
}

export function tenantMissing(what: string, happened: 'ran' | 'was built' = 'ran'): TenancyError {
  return missing(
    `${what} ${happened} outside every tenant scope`,
    'Wrap it in `tenancy.run(tenant, …)`, or in `tenancy.runGlobal(…)` for global tables.',
  )
}

/** An insert of the admin into a shared table. */
export function tenantUnsaid(table: string): TenancyError {
  return missing(
    `A row for ${table} says neither a tenant nor that it is for all`,
    'Give the tenant column the id of a tenant, or null for a row that every tenant reads.',
  )
}

/** `cause` is the error of PostgreSQL: SQLSTATE 42501, raised by a policy for the tenant. */
export function tenantViolation(tenant: string, table: string, cause: unknown): TenancyError {
  return new TenancyError(
    'TENANT.VIOLATION',
    `A row written to ${table} is not one of ${tenant}; the statement was rolled back.`,
    'Leave the tenant column out of inserts, or give it the tenant of the scope.',
    { cause },
  )
}

/** The mark of Kysely's `AbortedTransactionError`: with it Kysely knows that no rollback is due. */
const ABORTED = Symbol.for('kysely.AbortedTransactionError')

export function transactionRolledBack(): TenancyError {
  const error = new TenancyError(
    'TRANSACTION.ROLLED_BACK',
    'COMMIT was answered by ROLLBACK: an earlier statement had failed, and nothing was stored.',
    'Let the error of the failed statement leave the transaction callback, or use a savepoint.',
  )
  return Object.defineProperty(error, ABORTED, { value: true })
}

/** Does a dialect say that COMMIT was answered by ROLLBACK? */
export function isAborted(error: unknown): boolean {
  return typeof error === 'object' && error !== null && ABORTED in error
}

export function transactionStatementRunning(): TenancyError {
  return new TenancyError(
    'TRANSACTION.STATEMENT_RUNNING',
    'A transaction was about to commit while one of its streams was still open; it was rolled back.',
    'Read every stream to its end, or leave its loop, before the transaction callback returns.',
  )
}

function missing(problem: string, hint: string): TenancyError {
  return new TenancyError('TENANT.MISSING', `${problem}; it was not sent.`, hint)
}
