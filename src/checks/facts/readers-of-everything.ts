import type { Snapshot } from '../../catalog/snapshot.ts'
import { checkedTables } from './checked-tables.ts'
import type { CheckContext } from './context.ts'
import { once } from './once.ts'
import { knownRoles } from './roles.ts'

const READS_ALL = 'pg_read_all_data'

/** By role: why it may read every table. It writes none of them, as a role for backups. */
export const readersOfEverything: (context: CheckContext) => ReadonlyMap<string, string> = once(
  (context) => {
    const { snapshot } = context
    const known = knownRoles(context)
    const members = membersOf(READS_ALL, snapshot)
    const reasons = snapshot.roles.flatMap((role): [string, string][] => {
      if (known.has(role.name)) return []
      const granted = privilegesByTable(role.name, context)
      const writes = granted.some((privileges) => privileges.some((p) => p !== 'SELECT'))
      if (writes) return []
      if (members.has(role.name)) return [[role.name, `it is a member of ${READS_ALL}`]]
      if (granted.length === 0 || !(role.bypassRls || role.superuser)) return []
      const how = role.superuser ? 'is a superuser' : 'has BYPASSRLS'
      return [[role.name, `it ${how}, with SELECT on ${granted.length} of them`]]
    })
    return new Map(reasons)
  },
)

function privilegesByTable(role: string, context: CheckContext): string[][] {
  return checkedTables(context).flatMap(({ relation }) => {
    const own = relation.grants.filter(({ grantee }) => grantee === role)
    return own.length === 0 ? [] : [own.map(({ privilege }) => privilege)]
  })
}

/** Directly and through other roles, with SET ROLE too. Superusers need no membership. */
function membersOf(role: string, { reach, roles }: Snapshot): Set<string> {
  const found = new Set([role])
  for (const name of found) {
    for (const grant of reach?.roleGrants ?? []) if (grant.role === name) found.add(grant.member)
  }
  const canMatter = new Set(roles.filter((r) => !r.superuser && r.canLogIn).map((r) => r.name))
  return new Set([...found].filter((name) => canMatter.has(name)))
}
