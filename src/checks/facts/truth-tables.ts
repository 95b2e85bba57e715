import type { Effect, TruthTable } from '../../catalog/truth-table.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { type Applied, CLAUSES } from '../../truth-table/combine-policies.ts'
import { isMadeFor } from '../../truth-table/is-made-for.ts'
import { VERDICTS, verdictOf } from '../../truth-table/verdict.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import type { CheckContext } from './context.ts'
import { once } from './once.ts'

const truthTables = once(
  ({ snapshot }) => new Map(snapshot.truthTables?.map((table) => [qualifiedName(table), table])),
)

/**
 * The result of trying out the policies of the table; undefined when they were not tried out, or for
 * a config that wanted other ones.
 */
export function truthTableOf(
  { table }: TenantTableState,
  context: CheckContext,
): TruthTable | undefined {
  const found = truthTables(context).get(qualifiedName(table))
  return found && isMadeFor(found, table) ? found : undefined
}

/** The effects of all policies together, for each app role. */
export function effectsOnApp({ effects }: TruthTable, { wanted }: CheckContext): Effect[] {
  return effects.filter(
    ({ policy, role }) => policy === null && (role === null || wanted.appRoles.includes(role)),
  )
}

/**
 * Whether the policies together let a command reach rows of other tenants; undefined when that was not
 * tried out, or when the trial had no result.
 */
export function leaksTo(
  command: Applied['command'],
  state: TenantTableState,
  context: CheckContext,
): boolean | undefined {
  const truthTable = truthTableOf(state, context)
  if (!truthTable) return undefined
  const clauses = CLAUSES.filter((source) => source.command === command).map((it) => it.clause)
  const verdicts = effectsOnApp(truthTable, context)
    .filter(({ clause }) => clauses.includes(clause))
    .map(verdictOf)
  if (verdicts.includes('more')) return true
  return verdicts.includes('doubtful') ? undefined : false
}

/** The worst of them; undefined when each is the same as the wanted one. */
export function worstEffect(effects: readonly Effect[]): Effect | undefined {
  const rank = (effect: Effect) => VERDICTS.indexOf(verdictOf(effect))
  return effects.toSorted((a, b) => rank(a) - rank(b))[0]
}
