import { findRelation } from '../catalog/find-relation.ts'
import type { FunctionState } from '../catalog/function-state.ts'
import { hasPrivilege, heldPrivileges, isSuperuser } from '../catalog/privileges.ts'
import type { Privilege } from '../catalog/role-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import {
  createLookup,
  dropLookup,
  giveLookup,
  keepLookup,
  type LookupFunction,
  lookupSignature,
  recreateLookup,
} from '../policy/lookup-function.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import type { Wanted } from '../wanted/wanted.ts'
import { lookupStates, surplusLookups } from '../wanted/wanted-lookups.ts'
import type { Step } from './step.ts'

export interface LookupPlan extends TableName {
  readonly steps: readonly Step[]
}

/**
 * The functions of lookups that are missing or not as they should be, and those that are asked for no longer.
 * They come behind the policies: the one of the admin shows them the rows.
 */
export function planLookups(wanted: Wanted, snapshot: Snapshot): LookupPlan[] {
  const states = lookupStates(wanted, snapshot)
  return [
    ...surplusLookups(wanted, snapshot).map((fn) => ({
      schema: fn.schema,
      name: fn.name,
      steps: [
        {
          table: { schema: fn.schema, name: fn.name },
          why: 'The config asks for this lookup no longer.',
          up: dropLookup(fn),
          down: restored(fn, snapshot),
          lock: 'none' as const,
          hazard: 'Calls of it fail.',
        },
      ],
    })),
    ...states.flatMap(({ lookup, actual, differences }) => {
      if (actual && differences.length === 0) return []
      const { schema, name, table } = lookup
      const step = { table, lock: 'none' } as const
      const dropped: Step[] = actual
        ? [
            {
              ...step,
              why: `The lookup ${differences.join(', and ')}: it is made anew.`,
              up: dropLookup(actual),
              down: restored(actual, snapshot),
            },
          ]
        : []
      return { schema, name, steps: [...dropped, ...creation(lookup, snapshot)] }
    }),
  ]
}

function creation(lookup: LookupFunction, snapshot: Snapshot): Step[] {
  const { table, by, many, owner } = lookup
  const step = { table, lock: 'none', down: [] } as const
  const others = byDefault(snapshot).filter((role) => !lookup.callers.includes(role))
  const tenants = many ? 'the tenants' : 'the tenant'
  const hazard = mayGive(owner, snapshot)
    ? {}
    : {
        hazard: `The login that runs it must be a superuser or a member of ${identifier(owner)} that may SET ROLE.`,
      }
  return [
    ...privileges(lookup, snapshot),
    {
      ...step,
      why: `Gives ${tenants} of one ${identifier(by)}: no other row, and no other column.`,
      up: createLookup(lookup),
      down: [`drop function ${lookupSignature(lookup)}`],
      downHazard: 'Calls of the lookup fail.',
    },
    ...keepLookup(lookup, others).map((up) => ({
      ...step,
      why: 'Only the application calls it.',
      up,
    })),
    ...given(lookup, snapshot, hazard),
  ]
}

/** The roles that get EXECUTE on new functions. */
function byDefault({ defaultGrants }: Snapshot): string[] {
  const roles = defaultGrants.flatMap(({ kind, grantee }) =>
    kind === 'functions' && grantee !== null ? [grantee] : [],
  )
  return [...new Set(roles)]
}

/** With the owner that it had, who needs CREATE on the schema as in {@link given}. */
function restored(fn: FunctionState, snapshot: Snapshot): string[] {
  const { schema, owner } = fn
  const statements = recreateLookup(fn, byDefault(snapshot))
  if (holdsOnSchema('CREATE', owner, schema, snapshot)) return statements
  const on = `create on schema ${identifier(schema)}`
  return [
    `grant ${on} to ${identifier(owner)}`,
    ...statements,
    `revoke ${on} from ${identifier(owner)}`,
  ]
}

/** The new owner of a function needs CREATE on its schema at that moment. */
function given(
  lookup: LookupFunction,
  snapshot: Snapshot,
  hazard: { readonly hazard?: string },
): Step[] {
  const { schema, table, owner } = lookup
  const step = { table, lock: 'none', down: [] } as const
  const on = `create on schema ${identifier(schema)}`
  const lacks = !holdsOnSchema('CREATE', owner, schema, snapshot)
  const why = 'A function can be given only to a role that could make it.'
  const role = identifier(owner)
  return [
    ...(lacks ? [{ ...step, why, up: `grant ${on} to ${role}` }] : []),
    {
      ...step,
      ...hazard,
      why: 'Runs as the admin, whose policy shows it the row of every tenant.',
      up: giveLookup(lookup),
    },
    ...(lacks ? [{ ...step, why: 'It makes no others.', up: `revoke ${on} from ${role}` }] : []),
  ]
}

/** The admin reads the two columns; the application finds the function. */
function privileges(lookup: LookupFunction, snapshot: Snapshot): Step[] {
  const { schema, table, by, tenantColumn, owner, callers } = lookup
  const relation = findRelation(table, snapshot)
  const step = { table, lock: 'none' } as const
  const usage = [
    { role: owner, on: table.schema },
    ...callers.map((role) => ({ role, on: schema })),
  ].filter(({ role, on }) => !holdsOnSchema('USAGE', role, on, snapshot))
  const held = heldPrivileges(owner, snapshot)
  const reads = !relation || held.onRelation('SELECT', relation)
  const columns = [...new Set([tenantColumn, by])].map(identifier).join(', ')
  const select = `select (${columns}) on table ${qualifiedName(table)}`
  return [
    ...usage.map(({ role, on }) => ({
      ...step,
      why: 'The lookup could not be used without it.',
      up: `grant usage on schema ${identifier(on)} to ${identifier(role)}`,
      down: [`revoke usage on schema ${identifier(on)} from ${identifier(role)}`],
    })),
    ...(reads
      ? []
      : [
          {
            ...step,
            lock: 'access share' as const,
            why: 'The lookup reads them as the admin.',
            up: `grant ${select} to ${identifier(owner)}`,
            down: [`revoke ${select} from ${identifier(owner)}`],
          },
        ]),
  ]
}

function holdsOnSchema(
  privilege: Privilege,
  role: string,
  schema: string,
  snapshot: Snapshot,
): boolean {
  const object = snapshot.securedObjects.find(
    ({ kind, name }) => kind === 'schema' && name === schema,
  )
  return isSuperuser(snapshot, role) || !object || hasPrivilege(privilege, role, object, snapshot)
}

function mayGive(owner: string, snapshot: Snapshot): boolean {
  const { currentUser, memberships } = snapshot
  return (
    isSuperuser(snapshot, currentUser) ||
    currentUser === owner ||
    memberships.some((m) => m.member === currentUser && m.role === owner && m.canSet)
  )
}
