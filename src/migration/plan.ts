import type { RelationState, Snapshot } from '../catalog/snapshot.ts'
import { migrationNoColumn, migrationPolicyNotOurs } from '../errors.ts'
import { identifier, qualifiedName } from '../policy/quote.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { Wanted } from '../wanted.ts'
import { planDefault } from './plan-default.ts'
import { planPolicies, policiesNotOurs } from './plan-policies.ts'
import type { Phase, Step } from './step.ts'

/**
 * The steps that are still missing, in the order they must run.
 *
 * 1. Policies before ENABLE: a table with row security on and no policy shows nobody a row.
 * 2. Among the policies, what closes before what opens. The transaction hides what is in between;
 *    the order holds for those who run the statements one by one. See {@link planPolicies}.
 * 3. The default before ENABLE: an insert that names no tenant is refused from there on.
 * 4. FORCE last and on its own: from then on the owner sees no rows either, so that a backfill does
 *    nothing and the validation of a foreign key passes without looking.
 *
 * @throws `MIGRATION.NO_COLUMN`, `MIGRATION.POLICY_NOT_OURS`: all of a kind together, because half
 * a plan is none.
 */
export function plan(wanted: Wanted, snapshot: Snapshot): Phase[] {
  if (wanted.withoutColumn.length > 0) {
    throw migrationNoColumn(
      wanted.withoutColumn.map(
        ({ column, ...table }) => `${qualifiedName(table)} has no column ${identifier(column)}`,
      ),
    )
  }
  const tables = wanted.tables.map((table) => ({ table, relation: find(table, snapshot) }))
  const notOurs = tables.flatMap(({ table, relation }) => policiesNotOurs(table, relation))
  if (notOurs.length > 0) throw migrationPolicyNotOurs(notOurs)

  const phases: Phase[] = [
    {
      name: 'policies',
      steps: tables.flatMap(({ table, relation }) => [
        ...planPolicies(table, relation),
        ...planDefault(table, relation, snapshot),
        ...planEnable(table, relation),
      ]),
    },
    { name: 'force', steps: tables.flatMap(({ table, relation }) => planForce(table, relation)) },
  ]
  return phases.filter(({ steps }) => steps.length > 0)
}

function find({ schema, name }: TenantTable, { relations }: Snapshot): RelationState {
  const relation = relations.find((r) => r.schema === schema && r.name === name)
  if (!relation) throw new Error(`${schema}.${name} is wanted and not in the snapshot`)
  return relation
}

function planEnable({ schema, name }: TenantTable, { rlsEnabled }: RelationState): Step[] {
  if (rlsEnabled) return []
  const table = { schema, name }
  return [
    {
      table,
      why: 'Turns the policies on.',
      up: `alter table ${qualifiedName(table)} enable row level security`,
      down: [`alter table ${qualifiedName(table)} disable row level security`],
      lock: 'access exclusive',
      hazard: 'A statement without a tenant sees no rows from here on.',
    },
  ]
}

function planForce({ schema, name }: TenantTable, { rlsForced }: RelationState): Step[] {
  if (rlsForced) return []
  const table = { schema, name }
  return [
    {
      table,
      why: 'Makes the policies apply to the owner of the table too.',
      up: `alter table ${qualifiedName(table)} force row level security`,
      down: [`alter table ${qualifiedName(table)} no force row level security`],
      lock: 'access exclusive',
      hazard: 'Jobs, views and functions of the owner see no rows without a policy for it.',
    },
  ]
}
