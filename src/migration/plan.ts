import { relationOf } from '../catalog/find-relation.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { catalogMismatch } from '../errors/command/catalog.ts'
import { migrationNoColumn, migrationPolicyNotOurs } from '../errors/command/migration.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { MissingColumn, TenantFill, Wanted } from '../wanted/wanted.ts'
import { childrenFirst } from './children-first.ts'
import type { PartChange, PlannedTable } from './part-change.ts'
import { planBackfill, planColumn } from './plan-column.ts'
import { planDefault } from './plan-default.ts'
import { planIndexes, planPartitionedIndex } from './plan-index.ts'
import { type LookupPlan, planLookups } from './plan-lookups.ts'
import { lacksNotNull, planConstraint, planNotNull } from './plan-not-null.ts'
import { isToBeObserved, observedEntries, planObserver } from './plan-observe.ts'
import { entriesOf, planParts } from './plan-parts.ts'
import { planPolicies, policiesNotOurs, policyOn } from './plan-policies.ts'
import { planEnable, planForce } from './plan-switches.ts'
import { PHASES, type Phase, type PhaseName, type Step } from './step.ts'

/**
 * The steps that are still missing, in the order they must run.
 *
 * 1. Where the tenant is missing or may be NULL, the default comes first: new rows have a tenant
 *    before the old ones are filled and looked at. Parents are filled before their children. Elsewhere it comes with the policies, before ENABLE: an insert that names no
 *    tenant is refused from there on.
 * 2. Constraints are added in one transaction and validated in the next: the first takes the lock
 *    that stops every statement, the second takes the time. Steps that close come after validation.
 * 3. Policies before ENABLE: a table with row security on and no policy shows no row.
 * 4. Among the policies, those that close before those that open. The transaction hides what is in between;
 *    the order matters when the statements are run one by one. See {@link planPolicies}.
 * 5. FORCE last and on its own: from then on the owner sees no rows either, so that a backfill finds
 *    no row and the validation of a foreign key passes without looking.
 *    Where tables are only observed, it waits until they are enforced.
 * 6. Of the tables of a phase, children before parents. See {@link childrenFirst}.
 *
 * @throws `MIGRATION.NO_COLUMN`, `MIGRATION.POLICY_NOT_OURS`, `CATALOG.MISMATCH` (a policy to take over
 * is not there): all of a kind together, because half a plan is none.
 */
export function plan(
  wanted: Wanted,
  snapshot: Snapshot,
  changes: readonly PartChange[] = planParts(wanted, snapshot),
  lookups: readonly LookupPlan[] = planLookups(wanted, snapshot),
): Phase[] {
  const adopted = wanted.fills.filter(({ column }) => column)
  const known = new Set(adopted.flatMap(({ tables }) => tables.map(qualifiedName)))
  const unknown = wanted.withoutColumn.filter((table) => !known.has(qualifiedName(table)))
  if (unknown.length > 0) throw migrationNoColumn(unknown.map(withoutColumn))

  const tables = observedEntries(childrenFirst(entriesOf(wanted, snapshot)), wanted, snapshot)
  const { takenOver = [] } = wanted
  assertPolicies(takenOver, tables)
  const notOurs = tables.flatMap((e) => policiesNotOurs(e.table, e.relation, takenOver))
  if (notOurs.length > 0) throw migrationPolicyNotOurs(notOurs)

  const asked = changes.filter(({ part }) => wanted.parts.includes(part))
  const fills = wanted.fills.filter(({ isInferred }) => !isInferred)
  const steps = stepsByPhase(tables, {
    fills,
    changes: asked,
    lookups: lookups.flatMap((lookup) => lookup.steps),
    snapshot,
    takenOver,
  })
  const observing = tables.some(isToBeObserved) && { isObserving: true as const }
  return PHASES.map((name) => ({
    name,
    steps: steps[name],
    ...(name === 'policies' && observing),
  })).filter((phase) => phase.steps.length > 0)
}

function withoutColumn({ column, reason, ...table }: MissingColumn): string {
  const problem = `${qualifiedName(table)} has no column ${identifier(column)}`
  return reason === undefined ? problem : `${problem}: ${reason}`
}

/** A policy to be taken over has to be there: a misspelt name must not look like one that is done. */
function assertPolicies(names: readonly string[], tables: readonly PlannedTable[]): void {
  const known = tables.flatMap(({ table, relation }) =>
    relation.policies.map((policy) => policyOn(table, policy)),
  )
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw catalogMismatch(unknown.map((name) => `There is no policy ${name}.`))
}

interface Ways {
  readonly fills: readonly TenantFill[]
  readonly changes: readonly PartChange[]
  readonly lookups: readonly Step[]
  readonly snapshot: Snapshot
  readonly takenOver: readonly string[]
}

function stepsByPhase(
  tables: readonly PlannedTable[],
  { fills, changes, lookups, snapshot, takenOver }: Ways,
): Readonly<Record<PhaseName, readonly Step[]>> {
  const isNullable = ({ table, relation }: PlannedTable) => lacksNotNull(table, relation)
  const isEarly = (entry: PlannedTable) => entry.isNew || isNullable(entry)
  const listed = new Set(tables.map(({ table }) => qualifiedName(table)))
  // A constraint of the parent reaches its children.
  const roots = tables.filter(
    (entry) =>
      isNullable(entry) &&
      !entry.relation.parents.some((parent) => listed.has(qualifiedName(parent))),
  )
  const constraints = roots.map((e) => planConstraint(e.table, e.relation, snapshot))
  const notNulls = roots.map((e) => planNotNull(e.table, e.relation, snapshot))
  const indexed = new Set(
    changes.flatMap(({ indexes }) => (indexes ? [qualifiedName(indexes)] : [])),
  )
  const unindexed = tables.filter(({ table }) => !indexed.has(qualifiedName(table)))
  const optional = (phase: PhaseName) => changes.flatMap(({ steps }) => steps[phase] ?? [])
  const observer = planObserver(tables, snapshot)
  const defaults = (entry: PlannedTable) => planDefault(entry.table, entry.relation, snapshot)

  return {
    columns: [
      ...childrenFirst(fills.flatMap((fill) => withRelation(fill, snapshot))).flatMap(({ fill }) =>
        planColumn(fill, snapshot),
      ),
      ...tables.filter(isEarly).flatMap(defaults),
    ],
    backfill: fills.flatMap((fill) => planBackfill(fill, snapshot)),
    indexes: [
      ...unindexed.flatMap((e) => planIndexes(e.table, e.relation, snapshot)),
      ...optional('indexes'),
    ],
    constraints: [
      ...unindexed.flatMap((e) => planPartitionedIndex(e.table, e.relation, snapshot)),
      ...constraints.map(({ looks }) => looks),
      ...constraints.map(({ adds }) => adds),
      ...optional('constraints'),
    ],
    validation: [
      ...optional('validation'),
      ...notNulls.map(({ validates }) => validates),
      ...notNulls.flatMap(({ closes }) => closes),
    ],
    keys: optional('keys'),
    privileges: optional('privileges'),
    policies: [
      ...observer.begins,
      ...tables.flatMap((entry) => [
        ...planPolicies(entry.table, entry.relation, takenOver),
        ...(isEarly(entry) ? [] : defaults(entry)),
        ...planEnable(entry),
      ]),
      ...observer.ends,
      ...optional('policies'),
      ...lookups,
    ],
    force: tables.flatMap((entry) => (isToBeObserved(entry) ? [] : planForce(entry))),
  }
}

function withRelation(fill: TenantFill, snapshot: Snapshot) {
  const [root] = fill.tables
  return root ? [{ fill, relation: relationOf(root, snapshot) }] : []
}
