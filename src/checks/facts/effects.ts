import type { Effect, TruthTable } from '../../catalog/truth-table.ts'
import { VERDICTS, verdictOf } from '../../drift/verdict.ts'
import { qualifiedName } from '../../policy/quote.ts'
import type { TenantTable } from '../../policy/tenant-table.ts'
import type { CheckContext } from '../check.ts'
import { once } from './once.ts'
import type { TenantTableState } from './tenant-tables.ts'

const truthTables = once(
  ({ snapshot }) => new Map(snapshot.truthTables?.map((table) => [qualifiedName(table), table])),
)

/**
 * What was tried out with the policies of the table; undefined when nothing was, or for a config that
 * wanted something else of it.
 */
export function truthTableOf(
  { table }: TenantTableState,
  context: CheckContext,
): TruthTable | undefined {
  const found = truthTables(context).get(qualifiedName(table))
  return found && isOf(found, table) ? found : undefined
}

function isOf(found: TruthTable, { column, setting, shared, access }: TenantTable): boolean {
  return (
    found.column === column &&
    found.setting === setting &&
    found.shared === shared &&
    found.access === access
  )
}

/** Of the policies together, as each app role has them. */
export function effectsOnApp({ effects }: TruthTable, { wanted }: CheckContext): Effect[] {
  return effects.filter(
    ({ policy, role }) => policy === null && (role === null || wanted.appRoles.includes(role)),
  )
}

/** The worst of them; undefined when each is the same as the wanted one. */
export function worstEffect(effects: readonly Effect[]): Effect | undefined {
  const rank = (effect: Effect) => VERDICTS.indexOf(verdictOf(effect))
  return effects.toSorted((a, b) => rank(a) - rank(b))[0]
}
