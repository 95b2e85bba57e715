import { settingInvalid } from '../errors/application.ts'
import { isTenancyError } from '../errors/tenancy-error.ts'
import { identifier } from '../sql/quote.ts'
import { LONGEST_NAME } from '../sql/unused-name.ts'
import { isThenable } from '../util/is-thenable.ts'
import type { RuntimeConfig } from './runtime-config.ts'
import type { Scope } from './scope.ts'
import { type Settings, scopeSettings, sorted } from './scope-settings.ts'

type Draft = Pick<Scope, 'kind' | 'tenant' | 'actor' | 'reason' | 'impersonated'>
type Pairs = Scope['settings']

/** From `limits`, `applicationName` and `schema` of the config: read once for each outermost scope. */
const bases = new WeakMap<Scope, Pairs>()
const NONE: Pairs = Object.freeze([])
/** Of an impersonation: no setting of a scope inside replaces them. */
const FIXED: readonly string[] = ['app.actor', 'app.reason', 'transaction_read_only']

/**
 * @param inside the scope it is opened in, if that is of the same tenant or an impersonation
 * @throws `SETTING.INVALID`
 */
export function makeScope(
  draft: Draft,
  config: RuntimeConfig,
  given?: Settings,
  inside?: Scope,
  fixed: Pairs = inside ? fixedOf(inside) : NONE,
): Scope {
  const own = given === undefined ? NONE : scopeSettings(given, config.setting)
  const known = inside?.kind === draft.kind ? bases.get(inside) : undefined
  const asks = hasBase(config)
  const base = known ?? (asks ? baseSettings({ ...draft, settings: own }, config) : NONE)
  const scope = frozen(draft, merged(base, own, fixed))
  // A weak map of every scope would cost the garbage collector more than the rest of the scope.
  if (asks) bases.set(scope, base)
  return scope
}

/** From the scope itself: another copy of the package may have made it. */
function fixedOf({ actor, settings }: Scope): Pairs {
  return actor === undefined ? NONE : settings.filter(([name]) => FIXED.includes(name))
}

/** Most scopes have neither actor nor reason: a copy by spread takes several times as long as this literal. */
function frozen(draft: Draft, settings: Pairs): Scope {
  const { kind, tenant, actor, reason } = draft
  const isPlain = actor === undefined && reason === undefined
  return Object.freeze(isPlain ? { kind, tenant, settings } : { ...draft, settings })
}

/** `own` alone needs no merging: `scopeSettings` has sorted it, and refuses a name that is there twice. */
function merged(base: Pairs, own: Pairs, fixed: Pairs): Pairs {
  if (base.length === 0 && fixed.length === 0) return own
  const all = new Map([...base, ...own, ...fixed].map((pair) => [pair[0].toLowerCase(), pair]))
  return sorted(all.values())
}

function hasBase({ limits, applicationName, schema }: RuntimeConfig): boolean {
  return limits !== undefined || applicationName !== undefined || schema !== undefined
}

function baseSettings(scope: Scope, config: RuntimeConfig): Pairs {
  const { limits, applicationName, schema } = config
  const pairs = [...scopeSettings(asked('limits', limits, scope) ?? {}, config.setting)]
  const name = asked('applicationName', applicationName, scope)
  if (name !== undefined) pairs.push(...scopeSettings({ application_name: name }, config.setting))
  if (schema && scope.kind === 'tenant') pairs.push(['search_path', searchPath(schema, scope)])
  return pairs
}

/** In a search path they stand for a schema of the login or of the session, in quotes too. */
const PLACEHOLDERS = ['$user', 'pg_temp']

/** A temporary table would hide one of the tenant, unless its schema comes last. */
function searchPath(schema: NonNullable<RuntimeConfig['schema']>, { tenant }: Scope): string {
  const name = asked('schema', schema, tenant)
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw settingInvalid('`schema` of the config returned no name of a schema')
  }
  if (PLACEHOLDERS.includes(name)) {
    throw settingInvalid(
      `\`schema\` of the config returned ${name}, which is no schema of a tenant`,
    )
  }
  // PostgreSQL would cut it off, where two tenants may be one.
  if (Buffer.byteLength(name) > LONGEST_NAME) {
    throw settingInvalid(`\`schema\` of the config returned a name of over ${LONGEST_NAME} bytes`)
  }
  return `${identifier(name)}, pg_temp`
}

function asked<A, R>(key: string, ask: ((about: A) => R) | undefined, about: A): R | undefined {
  const answer = answerOf(key, ask, about)
  if (!isThenable(answer)) return answer
  answer.then(undefined, () => undefined)
  throw settingInvalid(`\`${key}\` of the config returned a promise`)
}

function answerOf<A, R>(key: string, ask: ((about: A) => R) | undefined, about: A): R | undefined {
  try {
    return ask?.(about)
  } catch (error) {
    if (isTenancyError(error)) throw error
    throw settingInvalid(`\`${key}\` of the config threw an error`, error)
  }
}
