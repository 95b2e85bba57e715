import { inherits } from '../../catalog/inherits.ts'
import { isSuperuser, PREDEFINED_ROLES } from '../../catalog/privileges.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import type { Grant } from '../../catalog/role-state.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import { checkedTables } from './checked-tables.ts'
import type { CheckContext } from './context.ts'
import { securedObjects } from './secured-objects.ts'

const USED = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const

type Used = (typeof USED)[number]

interface Loss {
  readonly role: string
  /** Whether what is granted to this role, or to `public` (null), stays with `role`. */
  readonly keeps: (grantee: string | null) => boolean
  /** By default the listed and the global ones, and what was granted to a role that it leaves. */
  readonly tables?: readonly RelationState[]
  /** The schemas likewise. By default those of `tables`. */
  readonly schemas?: readonly string[]
}

/**
 * Grants a role as its own what its statements need and what it is about to lose with an attribute, a
 * membership or its ownership. Never more than it has.
 */
export function keptGrants(
  { role, keeps, tables: given, schemas: named }: Loss,
  context: CheckContext,
): string[] {
  const tables = given ?? [...usedTables(context), ...grantedTo(role, keeps, context)]
  const schemas = named ?? [...new Set(tables.map(({ schema }) => schema))]
  const to = identifier(role)
  return [
    ...securedObjects(context, 'schema')
      .filter(({ name }) => schemas.includes(name))
      .filter((schema) => isLost('USAGE', schema, { role, keeps }, context))
      .map(({ name }) => `grant usage on schema ${identifier(name)} to ${to}`),
    ...tables.flatMap((table) => {
      const lost = USED.flatMap((privilege) => lostPart(privilege, table, { role, keeps }, context))
      const grants =
        lost.length === 0 ? [] : [`grant ${lost.join(', ')} on ${qualifiedName(table)} to ${to}`]
      return [...grants, ...sequencesOf(table, { role, keeps }, context)]
    }),
  ]
}

function usedTables(context: CheckContext): RelationState[] {
  const global = new Set(context.wanted.global.map(qualifiedName))
  return [
    // The statements of the application name the parent.
    ...checkedTables(context).flatMap(({ relation, isChild }) => (isChild ? [] : [relation])),
    ...context.snapshot.relations.filter((relation) => global.has(qualifiedName(relation))),
  ]
}

function grantedTo(role: string, keeps: Loss['keeps'], context: CheckContext): RelationState[] {
  const used = new Set(usedTables(context))
  return context.snapshot.relations.filter(
    (relation) =>
      relation.kind !== 'sequence' &&
      !used.has(relation) &&
      relation.grants.some(({ grantee }) => reaches(grantee, role, context) && !keeps(grantee)),
  )
}

interface Secured {
  readonly owner: string
  readonly grants: readonly (Grant & { readonly columns?: readonly string[] })[]
}

function isLost(
  privilege: string,
  object: Secured,
  { role, keeps }: Loss,
  context: CheckContext,
): boolean {
  const whole = object.grants.filter((g) => g.privilege === privilege && !g.columns?.length)
  const sources = [
    ...whole.map(({ grantee }) => grantee).filter((grantee) => reaches(grantee, role, context)),
    ...impliedBy(privilege, object.owner, role, context),
  ]
  if (sources.some(keeps)) return false
  return sources.length > 0 || isSuperuser(context.snapshot, role)
}

/** `select`, or `select (name)` where the role has no more than that. */
function lostPart(
  privilege: Used,
  table: RelationState,
  loss: Loss,
  context: CheckContext,
): string[] {
  const { role, keeps } = loss
  const name = privilege.toLowerCase()
  if (isLost(privilege, table, loss, context)) return [name]
  const onColumns = table.grants.filter((g) => g.privilege === privilege)
  if (onColumns.some(({ grantee, columns }) => columns.length === 0 && keeps(grantee))) return []
  const columnsOf = (isMeant: (grantee: string | null) => boolean) =>
    onColumns.filter(({ grantee }) => isMeant(grantee)).flatMap(({ columns }) => columns)
  const kept = columnsOf(keeps)
  const lost = columnsOf((grantee) => reaches(grantee, role, context)).filter(
    (column) => !kept.includes(column),
  )
  return lost.length === 0 ? [] : [`${name} (${[...new Set(lost)].map(identifier).join(', ')})`]
}

/** The roles by which a privilege is there without a grant: the owner, and the predefined ones. */
function impliedBy(
  privilege: string,
  owner: string,
  role: string,
  { snapshot }: CheckContext,
): string[] {
  const predefined = USED.flatMap((used) =>
    // The roles for all data may use every schema and sequence too.
    privilege === used || privilege === 'USAGE' ? (PREDEFINED_ROLES[used] ?? []) : [],
  )
  return [owner, ...new Set(predefined)].filter((source) => inherits(snapshot, role, source))
}

function reaches(grantee: string | null, role: string, { snapshot }: CheckContext): boolean {
  return grantee === null || inherits(snapshot, role, grantee)
}

/** An insert needs the sequences of its defaults; an identity column needs none. */
function sequencesOf(table: RelationState, loss: Loss, context: CheckContext): string[] {
  const names = table.columns.flatMap(({ default: text }) => {
    const name = /^nextval\('((?:[^']|'')+)'::regclass\)$/.exec(text ?? '')?.[1]
    return name === undefined ? [] : [name.replaceAll("''", "'")]
  })
  return context.snapshot.relations
    .filter((sequence) => sequence.kind === 'sequence' && names.includes(qualifiedName(sequence)))
    .filter((sequence) => isLost('USAGE', sequence, loss, context))
    .map(
      (sequence) =>
        `grant usage on sequence ${qualifiedName(sequence)} to ${identifier(loss.role)}`,
    )
}
