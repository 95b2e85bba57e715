import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { unlisted } from './facts/checked-tables.ts'
import { ROW_PRIVILEGES, revokePrivileges, rolesWith } from './facts/privileges.ts'
import { decision } from './facts/statements.ts'

export const unclassifiedTable: Check = defineCheck(
  {
    id: 'unclassified-table',
    level: 'high',
    title: 'The application reaches a table that the config does not name',
    why: 'No policy filters its rows, and the config does not say that they belong to no tenant.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: `create table public.notes (body text);
grant select on public.notes to app_user`,
    fixed: 'revoke select on public.notes from app_user',
    needs: 'appRoles',
  },
  (context) =>
    unlisted(context).flatMap(({ relation, tenantColumn }) => {
      // Other findings: `unlisted-table-with-tenant-column`, `foreign-table-with-tenant-data`.
      if (relation.rlsEnabled || tenantColumn) return []
      const [role] = rolesWith(ROW_PRIVILEGES, relation, context)
      if (role === undefined) return []
      return {
        object: qualifiedName(relation),
        summary: `${role} reaches it; it is neither listed nor global.`,
        fix: decision(
          'List it under `tables` and run migrate:rls, or under `global` if its rows are of no tenant.',
          'If the application does not need it:',
          `  ${revokePrivileges(ROW_PRIVILEGES, relation, context)}`,
        ),
      }
    }),
)
