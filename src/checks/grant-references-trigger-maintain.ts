import { type Check, tableCheck } from './check.ts'
import { revokePrivileges, rolesWith } from './facts/privileges.ts'

const PRIVILEGES = ['REFERENCES', 'TRIGGER', 'MAINTAIN'] as const

export const grantReferencesTriggerMaintain: Check = tableCheck(
  {
    id: 'grant-references-trigger-maintain',
    level: 'medium',
    title: 'The application has privileges that no statement of it needs',
    why:
      'With REFERENCES, a foreign key tells which values other tenants have; with TRIGGER, code of ' +
      'the application runs as the next role that writes; MAINTAIN locks the table.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: 'grant references on public.projects to app_user',
    fixed: 'revoke references on public.projects from app_user',
    needs: 'appRoles',
  },
  ({ relation }, context) => {
    const found = PRIVILEGES.filter((p) => rolesWith([p], relation, context).length > 0)
    if (found.length === 0) return
    return {
      summary: `${rolesWith(found, relation, context).join(', ')} has ${found.join(', ')}.`,
      fix: revokePrivileges(found, relation, context),
    }
  },
)
