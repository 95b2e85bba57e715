import { inherits } from '../catalog/inherits.ts'
import { heldPrivileges, isSuperuser } from '../catalog/privileges.ts'
import type { RelationGrant } from '../catalog/role-state.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { APP_PRIVILEGES } from '../wanted/missing-privileges.ts'
import type { PartChange, PartContext, PlannedTable } from './part-change.ts'
import type { Step } from './step.ts'

/** No statement of an application needs these, and no policy restrains them. */
const NOT_NEEDED = ['TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']

/** The application keeps the privileges to read and write rows; grants to `public` go. */
export function planSurplusGrants(context: PartContext): PartChange[] {
  return context.entries.flatMap((entry) =>
    groups(surplusGrants(entry, context)).map((group) => changeOf(entry, group, context)),
  )
}

/** The privileges of one role from one grantor: one statement revokes them, and `down` grants them. */
interface Group {
  /** null: everybody. */
  readonly grantee: string | null
  readonly grantor: string
  readonly grants: readonly RelationGrant[]
}

function changeOf(entry: PlannedTable, group: Group, context: PartContext): PartChange {
  const { schema, name } = entry.relation
  const { grantee, grants } = group
  const change: Omit<PartChange, 'steps'> = {
    part: 'grants',
    table: { schema, name },
    problem: `${grantee === null ? 'everybody' : identifier(grantee)} has ${names(grants).join(', ')}`,
  }
  const obstacle = obstacleOf(entry, group)
  if (obstacle !== undefined) return { ...change, obstacle, steps: {} }
  return {
    ...change,
    steps: { privileges: [...keep(entry, group, context), revoke(entry, group)] },
  }
}

function obstacleOf(
  { relation }: PlannedTable,
  { grantee, grantor, grants }: Group,
): string | undefined {
  if (grantor !== relation.owner) {
    return `granted by ${identifier(grantor)}, who alone can take it back`
  }
  const passedOn = relation.grants.filter(
    (grant) =>
      grant.grantor === grantee && grants.some(({ privilege }) => privilege === grant.privilege),
  )
  return passedOn.length > 0
    ? `passed on to ${granteesOf(passedOn)}, who must lose it first`
    : undefined
}

function surplusGrants(
  { relation }: PlannedTable,
  { appRoles, snapshot }: PartContext,
): RelationGrant[] {
  const plain = appRoles.filter((role) => !isSuperuser(snapshot, role))
  return relation.grants.filter(({ grantee, privilege }) => {
    if (grantee === relation.owner) return false
    if (grantee === null) return true
    return NOT_NEEDED.includes(privilege) && plain.some((role) => inherits(snapshot, role, grantee))
  })
}

function groups(grants: readonly RelationGrant[]): Group[] {
  const byKey = new Map<string, Group & { grants: RelationGrant[] }>()
  for (const grant of grants) {
    const { grantee, grantor } = grant
    const key = JSON.stringify([grantee, grantor])
    const group = byKey.get(key) ?? { grantee, grantor, grants: [] }
    group.grants.push(grant)
    byKey.set(key, group)
  }
  return [...byKey.values()]
}

/** A role that has a privilege only because everybody has it gets it as its own. */
function keep(
  { relation }: PlannedTable,
  { grantee, grants }: Group,
  context: PartContext,
): Step[] {
  if (grantee !== null) return []
  const { snapshot, appRoles, adminRoles } = context
  const { schema, name } = relation
  const own = { ...relation, grants: relation.grants.filter((grant) => grant.grantee !== null) }
  return [...appRoles, ...adminRoles].flatMap((role) => {
    const held = heldPrivileges(role, snapshot)
    const kept = grants.filter(
      ({ privilege }) => APP_PRIVILEGES.includes(privilege) && !held.onRelation(privilege, own),
    )
    if (kept.length === 0) return []
    return [
      {
        table: { schema, name },
        why: 'Has it because everybody has it so far, and keeps it.',
        outcome: `grant to ${role}`,
        up: `grant ${list(kept)} on ${qualifiedName(relation)} to ${identifier(role)}`,
        down: [`revoke ${list(kept)} on ${qualifiedName(relation)} from ${identifier(role)}`],
        lock: 'access share' as const,
      },
    ]
  })
}

function revoke({ relation }: PlannedTable, { grantee, grants }: Group): Step {
  const { schema, name } = relation
  const table = qualifiedName(relation)
  const role = grantee === null ? 'public' : identifier(grantee)
  const give = (isGrantable: boolean) => {
    const given = grants.filter((grant) => grant.isGrantable === isGrantable)
    const option = isGrantable ? ' with grant option' : ''
    return given.length > 0 ? [`grant ${list(given)} on ${table} to ${role}${option}`] : []
  }
  return {
    table: { schema, name },
    why:
      grantee === null
        ? 'Roles that are created later have the privileges of PUBLIC, too.'
        : 'No statement of the application needs it, and no policy restrains it.',
    // Taken on the table, it is taken on the columns too.
    outcome: `revoke from ${role}`,
    up: `revoke ${names(grants).join(', ').toLowerCase()} on ${table} from ${role}`,
    down: [...give(false), ...give(true)],
    lock: 'access share',
    hazard:
      grantee === null
        ? 'Every other role loses it: grant it to those that need it.'
        : `Roles that have it through ${role} lose it too.`,
    downHazard: 'Gives back what was too much.',
  }
}

/** `select, update (title)` */
function list(grants: readonly RelationGrant[]): string {
  return grants
    .map(({ privilege, columns }) => {
      const on = columns.length > 0 ? ` (${columns.map(identifier).join(', ')})` : ''
      return `${privilege.toLowerCase()}${on}`
    })
    .join(', ')
}

function names(grants: readonly RelationGrant[]): string[] {
  return [...new Set(grants.map(({ privilege }) => privilege))]
}

function granteesOf(grants: readonly RelationGrant[]): string {
  const roles = grants.map(({ grantee }) => (grantee === null ? 'public' : identifier(grantee)))
  return [...new Set(roles)].join(', ')
}
