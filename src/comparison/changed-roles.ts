import type { Membership, RoleState } from '../catalog/role-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import {
  type Change,
  changedFields,
  changedList,
  type Judges,
  power,
  reportedElsewhere,
} from './change.ts'

const ROLE: Judges<RoleState> = {
  name: reportedElsewhere,
  superuser: power,
  bypassRls: power,
  canLogIn: power,
  createRole: power,
  replication: power,
}

export function changedRoles(before: Snapshot, after: Snapshot): Change[] {
  const object = ({ name }: RoleState) => `role ${name}`
  return changedList(before.roles, after.roles, {
    key: ({ name }) => name,
    added: (role) => {
      const powers = [
        ...(role.superuser ? ['is a superuser'] : []),
        ...(role.bypassRls ? ['has BYPASSRLS'] : []),
        ...(role.createRole ? ['may create roles'] : []),
        ...(role.replication ? ['may replicate'] : []),
      ]
      // Its privileges come from grants, whose changes are reported.
      if (powers.length === 0) return { judgement: 'SAFE', object: object(role), summary: 'is new' }
      return {
        judgement: 'WIDENS',
        object: object(role),
        summary: `is new and ${powers.join(', ')}`,
      }
    },
    gone: (role) => ({ judgement: 'NARROWS', object: object(role), summary: 'is gone' }),
    kept: (old, role) => changedFields(old, role, { object: object(role), what: '', judges: ROLE }),
  })
}

export function changedMemberships(before: Snapshot, after: Snapshot): Change[] {
  // A restrictive policy binds the members of the roles it names: to leave such a role can open rows.
  const bindsMembers = (role: string) =>
    [before, after].some(({ relations }) =>
      relations.some(({ policies }) =>
        policies.some(({ permissive, roles }) => !permissive && roles.includes(role)),
      ),
    )
  const object = ({ member }: Membership) => `role ${member}`
  return changedList(before.memberships, after.memberships, {
    key: ({ member, role }) => JSON.stringify([member, role]),
    added: (membership) => ({
      judgement: 'WIDENS',
      object: object(membership),
      summary: `is a member of ${membership.role} now`,
    }),
    gone: (membership) => ({
      judgement: bindsMembers(membership.role) ? 'UNKNOWN' : 'NARROWS',
      object: object(membership),
      summary: `is no member of ${membership.role} any more`,
    }),
    kept: (old, now) =>
      changedFields(old, now, {
        object: object(now),
        what: `as a member of ${now.role}`,
        judges: {
          member: reportedElsewhere,
          role: reportedElsewhere,
          // A direct membership gives no more than one through another role.
          isDirect: reportedElsewhere,
          inherits: (_, inherits) =>
            !inherits && bindsMembers(now.role) ? 'UNKNOWN' : power(!inherits, inherits),
          canSet: power,
          administers: power,
        },
      }),
  })
}
