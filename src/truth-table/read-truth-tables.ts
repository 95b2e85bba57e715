import { guarded } from '../catalog/guarded.ts'
import type { Queryable } from '../catalog/read-only.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Effect, TruthTable } from '../catalog/truth-table.ts'
import { BASE_TYPES } from '../config/tenant-setting.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { comparedConditions } from './compared-conditions.ts'
import { driftedTables } from './drifted-table.ts'
import { effectOf, isSame } from './effects.ts'
import { evaluateConditions } from './evaluate-conditions.ts'
import { readConditionParts } from './read-condition-parts.ts'
import { samplesFor } from './samples.ts'
import { NotTried } from './try-conditions.ts'

// One query may run for as long: a condition can be made to run without end.
const STATEMENT_TIMEOUT = '2s'

// Milliseconds for all tables together: the audit must end.
const LONGEST = 20_000

/**
 * Evaluates the policies of the tables whose policies are not the wanted ones: on made-up rows, in the
 * read-only transaction of the caller. It reads no table, and needs no privilege on one.
 */
export async function readTruthTables(
  db: Queryable,
  tables: readonly TenantTable[],
  snapshot: Snapshot,
): Promise<TruthTable[]> {
  const drifted = driftedTables(tables, snapshot).filter(holdsTenants)
  if (drifted.length === 0) return []

  await guarded(db, () => db.query(`set local statement_timeout = '${STATEMENT_TIMEOUT}'`))
  // The same drift in a thousand tables is evaluated once.
  const known = new Map<string, Effect[]>()
  const start = performance.now()
  const truthTables: TruthTable[] = []
  for (const { table, relation } of drifted) {
    const key = sameness({ table, relation })
    const isLate = performance.now() - start > LONGEST
    const effects =
      known.get(key) ?? (await readEffects(db, { table, relation }, { snapshot, isLate }))
    known.set(key, effects)
    const { schema, name, column, setting, shared, access } = table
    truthTables.push({ schema, name, column, setting, shared, access, effects })
  }
  return truthTables
}

// For a column of another type no tenant can be made up.
function holdsTenants({ table, relation }: TenantTableState): boolean {
  return relation.columns.some(
    ({ name, baseType }) => name === table.column && baseType === BASE_TYPES[table.type],
  )
}

// The deparsed text names everything but the types of the columns, on which its operators depend.
function sameness({ table, relation }: TenantTableState): string {
  const { schema: _, name, ...rest } = table
  const mentioned = new Set(
    relation.policies.flatMap((p) => [...p.usingColumns, ...p.checkColumns]),
  )
  const policies = JSON.stringify(relation.policies)
  return JSON.stringify([
    rest,
    relation.columns.filter((column) => column.name === table.column || mentioned.has(column.name)),
    relation.policies,
    // A sub-select calls the table by its name.
    policies.includes(name) ? name : '',
  ])
}

async function readEffects(
  db: Queryable,
  drifted: TenantTableState,
  { snapshot, isLate }: { snapshot: Snapshot; isLate: boolean },
): Promise<Effect[]> {
  const conditionParts = isLate ? [] : await readConditionParts(db, drifted.relation)
  const samples = samplesFor(drifted)
  const compared = comparedConditions(drifted, snapshot, { conditionParts, samples })
  const outcomes = isLate
    ? new NotTried('the tables before it took too long')
    : await evaluateConditions(db, drifted.relation.name, { compared, samples })
  return compared
    .map((condition) => effectOf(condition, outcomes, samples))
    .filter((effect) => !isSame(effect))
}
