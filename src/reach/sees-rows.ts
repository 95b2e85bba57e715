import type { PolicyState } from '../catalog/policy-state.ts'
import { type Clause, foundRowClause, writtenRowClause } from '../policy/compare-clauses.ts'
import { identifier } from '../sql/quote.ts'
import { least, most, type Openness, type OwnRow, opennessOf } from './openness.ts'
import type { RoleGraph } from './role-graph.ts'

export type RowCommand = 'select' | 'insert' | 'update' | 'delete'

/**
 * Which rows of a relation a role reaches. `held`: those of the tenant of the statement; `none`; `all`: of
 * every tenant; `unknown`: its policies ask for something that their words do not tell.
 */
export interface Sight {
  readonly verdict: 'held' | 'none' | 'all' | 'unknown'
  /** The fact that makes it so. */
  readonly by: 'superuser' | 'bypassrls' | 'no row security' | 'owner' | 'policy' | 'policies'
  /** A sentence without its subject: `is a superuser`, `whose policy p is …` */
  readonly because: string
  /** Where it is unknown: the policies tell rows apart, and are no switch for all of them. */
  readonly isBoundary?: boolean
}

export interface SecuredRelation {
  readonly owner: string
  readonly rlsEnabled: boolean
  readonly rlsForced: boolean
  readonly policies: readonly PolicyState[]
}

interface Circumstances {
  /** False inside an action of a foreign key, where FORCE does not count. */
  readonly force: boolean
  readonly own: OwnRow
  /**
   * `current_user` in the policies, which is another one in a view.
   * @default the role
   */
  readonly user?: string
}

/**
 * PostgreSQL's own rule for a command on the relation that a statement names: the attributes of the role,
 * the switch of the table, its owner, the policies of the roles that it inherits.
 * https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 */
export function seesRows(
  graph: RoleGraph,
  role: string,
  { relation, command }: { relation: SecuredRelation; command: RowCommand },
  { force, own, user = role }: Circumstances,
): Sight {
  const free = isFree(graph, role, relation, force)
  if (free) return free
  const has = graph.inherited(role)
  const applied = relation.policies.filter(
    (policy) =>
      [command, 'all'].includes(policy.command) &&
      (policy.roles.length === 0 || policy.roles.some((name) => has.has(name))),
  )
  return sightThrough(applied, command, { ...own, user })
}

/** Why no policy binds the role; undefined when they do. */
export function isFree(
  graph: RoleGraph,
  role: string,
  { owner, rlsEnabled, rlsForced }: SecuredRelation,
  force = true,
): Sight | undefined {
  const state = graph.find(role)
  const free = (by: Sight['by'], because: string): Sight => ({ verdict: 'all', by, because })
  if (state?.superuser) return free('superuser', 'a superuser')
  if (state?.bypassRls) return free('bypassrls', 'which has BYPASSRLS')
  if (!rlsEnabled) return free('no row security', 'and row security is off')
  if (rlsForced && force) return undefined
  if (!graph.inherited(role).has(owner)) return undefined
  const whose = owner === role ? 'the owner' : `which inherits the owner ${owner}`
  return free('owner', `${whose}, ${rlsForced ? 'where FORCE does not count' : 'without FORCE'}`)
}

function sightThrough(policies: readonly PolicyState[], command: RowCommand, own: OwnRow): Sight {
  const evaluated = policies.map((policy) => {
    const clause = command === 'insert' ? writtenRowClause(policy) : foundRowClause(policy)
    return {
      policy,
      openness: opennessFor(policy, clause, own),
      asksRow: clause.columns.length > 0,
    }
  })
  const opening = evaluated.filter(({ policy }) => policy.permissive)
  const bounding = evaluated.filter(({ policy }) => !policy.permissive)
  const openness = least([
    most(opening.map((it) => it.openness)),
    ...bounding.map((it) => it.openness),
  ])
  const bound = bounding.find((it) => it.openness === openness)
  const decisive = bound ?? opening.find((it) => it.openness === openness)
  return {
    verdict: VERDICT[openness],
    by: decisive ? 'policy' : 'policies',
    because: decisive ? said(decisive.policy) : 'for which there is no policy',
    ...(openness === 'unknown' && {
      isBoundary:
        bounding.some((it) => it.openness === 'unknown' && it.asksRow) ||
        opening.filter((it) => it.openness === 'unknown').every((it) => it.asksRow),
    }),
  }
}

const VERDICT: Readonly<Record<Openness, Sight['verdict']>> = {
  none: 'none',
  own: 'held',
  unknown: 'unknown',
  all: 'all',
}

function opennessFor(
  { permissive }: PolicyState,
  { text, columns }: Clause,
  own: OwnRow,
): Openness {
  if (text === null) return permissive ? 'none' : 'all'
  return opennessOf({ text, columns }, own)
}

function said({ name, using, check }: PolicyState): string {
  const clause = using === null ? `with check (${check})` : `using (${using})`
  return `whose policy ${identifier(name)} is \`${clause}\``
}
