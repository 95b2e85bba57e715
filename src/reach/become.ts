import type { RoleGraph } from './role-graph.ts'

/** How a login comes to be another role. */
export interface Becoming {
  readonly role: string
  /** The role from which this one is reached; undefined for the login. */
  readonly from: string | undefined
  readonly how: 'login' | 'set' | 'admin' | 'createrole'
  /** For `admin`: who holds the ADMIN OPTION. */
  readonly via?: string
}

const ROLES_OF_MEMBERS = 160000

/**
 * Every role that a login can be in the end: itself, those it may SET ROLE to, and those it may grant
 * itself. From PostgreSQL 16 on each hop needs the SET option, and ADMIN counts where it is inherited;
 * before that membership alone is enough for both, and CREATEROLE grants itself any role but superusers.
 * https://www.postgresql.org/docs/current/role-membership.html
 */
export function become(login: string, graph: RoleGraph): ReadonlyMap<string, Becoming> {
  const found = new Map<string, Becoming>([[login, { role: login, from: undefined, how: 'login' }]])
  // A map goes on with what is added while it is walked.
  for (const { role } of found.values()) {
    for (const next of [
      ...settable(role, graph),
      ...administered(role, graph),
      ...createrole(role, graph),
    ]) {
      if (!found.has(next.role)) found.set(next.role, next)
    }
  }
  return found
}

function settable(from: string, graph: RoleGraph): Becoming[] {
  const isOld = graph.serverVersion < ROLES_OF_MEMBERS
  return graph
    .grantsTo(from)
    .filter(({ canSet }) => canSet || isOld)
    .map(({ role }) => ({ role, from, how: 'set' }))
}

function administered(from: string, graph: RoleGraph): Becoming[] {
  const holders = graph.serverVersion < ROLES_OF_MEMBERS ? [from] : [...graph.inherited(from)]
  return holders.flatMap((via) =>
    graph
      .grantsTo(via)
      .filter(({ admin }) => admin)
      .map(({ role }): Becoming => ({ role, from, how: 'admin', via })),
  )
}

function createrole(from: string, graph: RoleGraph): Becoming[] {
  if (graph.serverVersion >= ROLES_OF_MEMBERS || !graph.find(from)?.createRole) return []
  return graph.names.flatMap((role): Becoming[] =>
    graph.find(role)?.superuser ? [] : [{ role, from, how: 'createrole' }],
  )
}
