import { identifier } from '../sql/quote.ts'
import { appRoleCheck, type Check } from './check.ts'
import { leaveRoles } from './facts/memberships.ts'
import { roadMap } from './facts/roads.ts'

export const appRoleReplication: Check = appRoleCheck(
  {
    id: 'app-role-replication',
    level: 'high',
    title: 'The application may replicate the database',
    why: 'Replication and logical decoding deliver the rows of all tenants: policies do not apply.',
    link: 'https://www.postgresql.org/docs/current/role-attributes.html',
    broken: 'alter role app_user replication',
    fixed: 'alter role app_user noreplication',
  },
  ({ name, replication }, context) => {
    if (replication) {
      return {
        summary: 'REPLICATION reads the changes of every tenant.',
        fix: `alter role ${identifier(name)} noreplication`,
      }
    }
    const map = roadMap(context)
    const other = [...(map?.become(name).keys() ?? [])].find((role) => {
      return map?.graph.find(role)?.replication && !map.graph.find(role)?.superuser
    })
    if (other === undefined) return
    return {
      summary: `It may become ${other}, and REPLICATION reads the changes of every tenant.`,
      fix: leaveRoles([other], name, context),
    }
  },
)
