import { settingInvalid } from '../errors/application.ts'
import { isTenancyError } from '../errors/tenancy-error.ts'
import { identifier } from '../sql/quote.ts'
import type { RuntimeConfig } from './runtime-config.ts'
import type { Scope } from './scope.ts'
import { type Settings, scopeSettings, sorted } from './scope-settings.ts'

type Pairs = Scope['settings']

/** The settings of a scope by where they come from, for the scopes inside it. */
interface Origin {
  /** From `limits`, `applicationName` and `schema` of the config: read once for each outermost scope. */
  readonly base: Pairs
  /** Of an impersonation: no setting of a scope inside replaces them. */
  readonly fixed: Pairs
}

const origins = new WeakMap<Scope, Origin>()
const NONE: Pairs = Object.freeze([])

/**
 * @param inside the scope it is opened in, if that is of the same tenant or an impersonation
 * @throws `SETTING.INVALID`
 */
export function makeScope(
  draft: Pick<Scope, 'kind' | 'tenant' | 'actor' | 'reason'>,
  config: RuntimeConfig,
  given: Settings = {},
  inside?: Scope,
  fixed: Pairs = (inside && origins.get(inside)?.fixed) ?? NONE,
): Scope {
  const own = scopeSettings(given, config.setting)
  const known = inside?.kind === draft.kind ? origins.get(inside)?.base : undefined
  const base = known ?? baseSettings({ ...draft, settings: own }, config)
  const all = new Map([...base, ...own, ...fixed].map((pair) => [pair[0].toLowerCase(), pair]))
  const settings = all.size === 0 ? NONE : sorted(all.values())
  const scope = Object.freeze({ ...draft, settings })
  origins.set(scope, { base, fixed })
  return scope
}

function baseSettings(scope: Scope, config: RuntimeConfig): Pairs {
  const { limits, applicationName, schema } = config
  if (!limits && !applicationName && !schema) return NONE
  const pairs = [...scopeSettings(asked('limits', limits, scope) ?? {}, config.setting)]
  const name = asked('applicationName', applicationName, scope)
  if (name !== undefined) pairs.push(...scopeSettings({ application_name: name }, config.setting))
  if (schema && scope.kind === 'tenant') pairs.push(['search_path', searchPath(schema, scope)])
  return pairs
}

/** A temporary table would hide one of the tenant, unless its schema comes last. */
function searchPath(schema: NonNullable<RuntimeConfig['schema']>, { tenant }: Scope): string {
  const name = asked('schema', schema, tenant)
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw settingInvalid('`schema` of the config returned no name of a schema')
  }
  return `${identifier(name)}, pg_temp`
}

function asked<A, R>(key: string, ask: ((about: A) => R) | undefined, about: A): R | undefined {
  try {
    return ask?.(about)
  } catch (error) {
    if (isTenancyError(error)) throw error
    throw settingInvalid(`\`${key}\` of the config threw an error`, error)
  }
}
