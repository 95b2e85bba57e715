import { identifier } from '../sql/quote.ts'
import { appRoleCheck, type Check } from './check.ts'

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
  ({ name, replication }) =>
    replication
      ? {
          summary: 'REPLICATION reads the changes of every tenant.',
          fix: `alter role ${identifier(name)} noreplication`,
        }
      : undefined,
)
