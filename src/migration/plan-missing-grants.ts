import { inherits } from '../catalog/inherits.ts'
import { isSuperuser } from '../catalog/privileges.ts'
import type { Privilege } from '../catalog/role-state.ts'
import { identifier } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { grouped } from '../util/grouped.ts'
import {
  APP_PRIVILEGES,
  type MissingPrivileges,
  missingPrivileges,
} from '../wanted/missing-privileges.ts'
import type { Wanted } from '../wanted/wanted.ts'
import { entryOf, type PartChange, type PartContext } from './part-change.ts'
import { isEnforced } from './plan-observe.ts'
import type { Step } from './step.ts'

/**
 * The application and the admin get what they need for the tables of the config, and for tables to come. All
 * of it is given once the policies are on; a table that is only observed has to be enforced first.
 */
export function planMissingGrants(wanted: Wanted, context: PartContext): PartChange[] {
  const { entries, snapshot, parts } = context
  const isChild = (parents: readonly TableName[]) =>
    parents.some((parent) => entryOf(parent, context) !== undefined)
  const tables = entries
    .map(({ relation }) => relation)
    .filter((relation) => !isChild(relation.parents) && (!wanted.observes || isEnforced(relation)))
  const missing = missingPrivileges(wanted, tables, snapshot)
  // Statements do not need them yet, so that they are never advice.
  const asked = parts.includes('grants') ? tables : []
  const owners = grouped(asked, ({ owner, schema }) => JSON.stringify([owner, schema]))
  return [
    ...missing.map(giving),
    ...[...owners.values()].flatMap(([table]) => [
      ...forNew('tables', APP_PRIVILEGES, table, context),
      ...forNew('sequences', ['USAGE'], table, context),
    ]),
  ]
}

function giving({ table, role, privileges, kind, object, problem }: MissingPrivileges): PartChange {
  const on = `${kind} ${object}`
  const names = privileges.join(', ').toLowerCase()
  const step: Step = {
    table,
    why: 'The role could not use the table without it; the policies of the tables hold by now.',
    outcome: `grant to ${role}`,
    up: `grant ${names} on ${on} to ${identifier(role)}`,
    down: [`revoke ${names} on ${on} from ${identifier(role)}`],
    lock: kind === 'table' ? 'access share' : 'none',
    downHazard: 'Statements of the role fail without it.',
  }
  return { part: 'grants', table, problem, isNeeded: true, steps: { policies: [step] } }
}

function forNew(
  kind: 'tables' | 'sequences',
  privileges: readonly Privilege[],
  { schema, name, owner }: TableName & { readonly owner: string },
  { snapshot, appRoles, adminRoles }: PartContext,
): PartChange[] {
  const table = { schema, name }
  const alter = `alter default privileges for role ${identifier(owner)} in schema ${identifier(schema)}`
  return [...appRoles, ...adminRoles].flatMap((role) => {
    if (isSuperuser(snapshot, role) || inherits(snapshot, role, owner)) return []
    const given = snapshot.defaultGrants.filter(
      (grant) =>
        grant.kind === kind &&
        grant.creator === owner &&
        (grant.schema === null || grant.schema === schema) &&
        (grant.grantee === null || inherits(snapshot, role, grant.grantee)),
    )
    const lacking = privileges.filter((each) => !given.some(({ privilege }) => privilege === each))
    if (lacking.length === 0) return []
    const names = lacking.join(', ').toLowerCase()
    const step: Step = {
      table,
      why: `For the ${kind} that ${identifier(owner)} makes from here on in this schema.`,
      outcome: `default privileges of ${role}`,
      up: `${alter}\n  grant ${names} on ${kind} to ${identifier(role)}`,
      down: [`${alter}\n  revoke ${names} on ${kind} from ${identifier(role)}`],
      lock: 'none',
      ...(kind === 'tables' && { hazard: UNPROTECTED }),
    }
    const problem = `${identifier(role)} will have no ${lacking.join(', ')} on new ${kind} of ${identifier(owner)}`
    return { part: 'grants' as const, table, problem, steps: { policies: [step] } }
  })
}

const UNPROTECTED =
  'A new table shows every row until it is listed and `migrate:rls` has run; `audit` names it.'
