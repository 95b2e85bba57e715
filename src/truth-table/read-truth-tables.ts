import { guarded } from '../catalog/guarded.ts'
import type { Queryable } from '../catalog/read-only.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Effect, TruthTable } from '../catalog/truth-table.ts'
import { BASE_TYPES } from '../config/tenant-setting.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { subjectsOf } from './compared-conditions.ts'
import { driftedTables } from './drifted-table.ts'
import { effectOf, isSame } from './effect-of.ts'
import { tryOut } from './evaluate-conditions.ts'
import { readAnatomies } from './read-condition-parts.ts'
import { samplesFor } from './samples.ts'
import { NotTried } from './try-conditions.ts'

// One condition may run for as long, whatever it was made to do.
const STATEMENT_TIMEOUT = '2s'

// Milliseconds for all the tables: whoever waits for an audit gets one.
const LONGEST = 20_000

/**
 * Tries out the policies of those tables that have other policies than the wanted ones. Asks the server
 * to evaluate their conditions on made-up rows, in the read-only transaction of the caller, and touches no
 * table: it needs no privilege on one.
 */
export async function readTruthTables(
  db: Queryable,
  tables: readonly TenantTable[],
  snapshot: Snapshot,
): Promise<TruthTable[]> {
  const drifted = driftedTables(tables, snapshot).filter(holdsTenants)
  if (drifted.length === 0) return []

  await guarded(db, () => db.query(`set local statement_timeout = '${STATEMENT_TIMEOUT}'`))
  // The same drift in a thousand tables is tried out once.
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

// Nothing that can be made up is a tenant of a column of another type.
function holdsTenants({ table, relation }: TenantTableState): boolean {
  return relation.columns.some(
    ({ name, baseType }) => name === table.column && baseType === BASE_TYPES[table.type],
  )
}

// The deparsed text names everything but the columns' types, which decide about its operators.
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
  const anatomies = isLate ? [] : await readAnatomies(db, drifted.relation)
  const samples = samplesFor(drifted)
  const subjects = subjectsOf(drifted, snapshot, { anatomies, samples })
  const outcomes = isLate
    ? new NotTried('the tables before it took too long')
    : await tryOut(db, drifted.relation.name, { subjects, samples })
  return subjects
    .map((subject) => effectOf(subject, outcomes, samples))
    .filter((effect) => !isSame(effect))
}
