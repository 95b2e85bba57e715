import type { RoleGrant } from '../catalog/reach/reach-facts.ts'
import type { RoleState } from '../catalog/role-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { grouped } from '../util/grouped.ts'
import { rolesThatMatter } from './roles-that-matter.ts'

/** The roles whose privileges a role has, and those it may become. */
export interface RoleGraph {
  readonly serverVersion: number
  find(name: string): RoleState | undefined
  /**
   * The role and those whose privileges and policies it has without SET ROLE. Of the others only those that
   * own, are granted or hold something: the rest lead through, and the role itself may be one of them.
   */
  inherited(name: string): ReadonlySet<string>
  /** The direct memberships of a role. */
  grantsTo(name: string): readonly RoleGrant[]
  readonly names: readonly string[]
}

const graphs = new WeakMap<Snapshot, RoleGraph>()

/** Made once for each snapshot. */
export function roleGraphOf(snapshot: Snapshot): RoleGraph {
  const graph = graphs.get(snapshot) ?? createRoleGraph(snapshot)
  graphs.set(snapshot, graph)
  return graph
}

function createRoleGraph(snapshot: Snapshot): RoleGraph {
  const byName = new Map(snapshot.roles.map((role) => [role.name, role]))
  const byMember = grouped(
    [...roleGrants(snapshot), ...databaseOwner(snapshot)],
    ({ member }) => member,
  )
  const grantsTo = (name: string) => byMember.get(name) ?? []
  return {
    serverVersion: snapshot.serverVersion,
    find: (name) => byName.get(name),
    inherited: inheritance(grantsTo, rolesThatMatter(snapshot)),
    grantsTo,
    names: [...byName.keys()],
  }
}

// Without the facts, what PostgreSQL said of the roles that the config is about.
function roleGrants({ reach, memberships }: Snapshot): readonly RoleGrant[] {
  return (
    reach?.roleGrants ??
    memberships.map(({ administers, ...grant }) => ({ ...grant, admin: administers, grantors: [] }))
  )
}

// https://www.postgresql.org/docs/current/predefined-roles.html
function databaseOwner({ securedObjects }: Snapshot): RoleGrant[] {
  return securedObjects
    .filter(({ kind }) => kind === 'database')
    .map(({ owner }) => ({
      role: 'pg_database_owner',
      member: owner,
      admin: false,
      inherits: true,
      canSet: true,
      grantors: [],
    }))
}

type Inherited = ReadonlySet<string>

/** Each role is looked at once, and one that adds no name shares the set of those behind it. */
function inheritance(
  grantsTo: (name: string) => readonly RoleGrant[],
  matters: ReadonlySet<string>,
): (name: string) => Inherited {
  const known = new Map<string, Inherited>()
  const parentsOf = (name: string) =>
    grantsTo(name).flatMap(({ role, inherits }) => (inherits ? role : []))

  return (start) => {
    const open = new Set<string>()
    const stack = [start]
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      const missing = parentsOf(name).filter((role) => !known.has(role) && !open.has(role))
      open.add(name)
      if (missing.length > 0) {
        stack.push(...missing)
        continue
      }
      stack.pop()
      if (known.has(name)) continue
      // PostgreSQL refuses circles; a file may hold one.
      const isCircle = parentsOf(name).some((role) => !known.has(role))
      known.set(
        name,
        isCircle ? walked(name, parentsOf, matters) : union(name, parentsOf(name), known, matters),
      )
    }
    return known.get(start) ?? new Set()
  }
}

function union(
  name: string,
  parents: readonly string[],
  known: ReadonlyMap<string, Inherited>,
  matters: ReadonlySet<string>,
): Inherited {
  const sets = parents.flatMap((role) => known.get(role) ?? [])
  const [first = new Set<string>()] = sets
  if (!matters.has(name) && sets.length <= 1) return first
  return new Set([...(matters.has(name) ? [name] : []), ...sets.flatMap((set) => [...set])])
}

function walked(
  start: string,
  parentsOf: (name: string) => readonly string[],
  matters: ReadonlySet<string>,
): Inherited {
  const seen = new Set([start])
  for (const name of seen) for (const role of parentsOf(name)) seen.add(role)
  return new Set([...seen].filter((name) => matters.has(name)))
}
