import type { ReachFunction } from '../catalog/reach/reach-facts.ts'
import { isTable } from '../catalog/relation-state.ts'
import type { RoadMap } from '../reach/road-map.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import { type FreeRole, rolesOfApp } from './facts/free-roles.ts'
import { roadMap } from './facts/roads.ts'

export const appRoleOwnsCode: Check = defineCheck(
  {
    id: 'app-role-owns-code',
    level: 'medium',
    title: 'The application can change code that other roles run',
    why:
      'A function of a trigger, a policy or a default runs as the role that writes or reads next, such as ' +
      'the admin or a job; so does a trigger that the application adds to a table of its own.',
    link: 'https://www.postgresql.org/docs/current/sql-createtrigger.html',
    broken: `create table public.settings (name text);
alter table public.settings owner to app_user;
grant insert on public.settings to app_admin`,
    fixed: 'drop table public.settings',
    alsoFinds: ['unclassified-table'],
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    if (!map) return []
    return rolesOfApp(context).flatMap((free) => [
      ...functions(free, map),
      ...tables(free, map),
      ...views(free, map),
    ])
  },
)

/** Replacing a function takes its ownership and CREATE on its schema. */
function functions({ role, who }: FreeRole, map: RoadMap): Problem[] {
  const { reach } = map.context.snapshot
  const used = new Set([
    ...reach.places.flatMap((place) => place.functions),
    ...reach.triggers.map((trigger) => trigger.function),
    ...reach.eventTriggers.map((trigger) => trigger.function),
  ])
  const isOwn = (fn: ReachFunction) =>
    used.has(fn.id) && map.rights.owns(role, fn) && map.rights.create(role, fn.schema)
  return [...map.index.functions.values()].filter(isOwn).map((fn) => ({
    object: fn.signature,
    summary: `${who} can replace it, and it runs as other roles, where it is used.`,
    fix: `-- Let another role own it: alter ${fn.kind} ${fn.signature} owner to …`,
  }))
}

const WRITES: readonly string[] = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']

function tables({ role, who }: FreeRole, map: RoadMap): Problem[] {
  return [...map.index.relations.values()].flatMap((relation) => {
    // Other findings: `app-role-owns-table`, `grant-references-trigger-maintain`.
    if (map.tenancy.standingOf(relation) === 'tenant') return []
    const owns = map.rights.owns(role, relation)
    const mayAdd = isTable(relation) && map.rights.may(role, 'TRIGGER', relation)
    if (!mayAdd) return []
    const has = map.graph.inherited(role)
    const other = relation.grants.find(
      ({ grantee, privilege }) =>
        grantee !== null &&
        WRITES.includes(privilege) &&
        !has.has(grantee) &&
        !map.graph.inherited(grantee).has(role),
    )
    const writer = other?.grantee ?? (owns ? undefined : relation.owner)
    if (writer === undefined || writer === role || has.has(writer)) return []
    return {
      object: qualifiedName(relation),
      summary: `${who} can add triggers to it, and ${identifier(writer)} writes it.`,
      fix: owns
        ? `-- Let another role own it: alter table ${qualifiedName(relation)} owner to …`
        : `revoke trigger on ${qualifiedName(relation)} from ${identifier(role)}`,
    }
  })
}

/** Rules and defaults take the ownership of a view alone, another query CREATE on its schema too. */
function views({ role, who }: FreeRole, map: RoadMap): Problem[] {
  const has = map.graph.inherited(role)
  const isOther = (grantee: string | null) => grantee !== null && !has.has(grantee)
  return [...map.index.relations.values()].flatMap((relation) => {
    if (relation.kind !== 'view' || !map.rights.owns(role, relation)) return []
    const others = relation.grants.filter(({ grantee }) => isOther(grantee))
    const user = others.find(
      ({ privilege }) =>
        WRITES.includes(privilege) ||
        (privilege === 'SELECT' && map.rights.create(role, relation.schema)),
    )
    if (!user?.grantee) return []
    return {
      object: qualifiedName(relation),
      summary: `${who} can add code to it, and ${identifier(user.grantee)} uses it.`,
      fix: `-- Let another role own it: alter view ${qualifiedName(relation)} owner to …`,
    }
  })
}
