import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import { qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { revokePrivileges, rolesWith } from './facts/privileges.ts'

const WRITING = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER'] as const

export const migrationRecordWritable: Check = defineCheck(
  {
    id: 'migration-record-writable',
    level: 'medium',
    title: 'The application may change the record of migrations',
    why:
      'It lists the migrations that were run: one that is entered there is skipped, also one with ' +
      'policies, and one that is removed runs again. A row in the lock table stops every migration.',
    link: 'https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html',
    broken: `create table public.kysely_migration (name text primary key, timestamp text not null);
grant select, insert, delete on public.kysely_migration to app_user`,
    fixed: 'revoke insert, delete on public.kysely_migration from app_user',
    needs: 'appRoles',
  },
  (context) =>
    context.snapshot.relations
      .filter((relation) => relation.kind === 'table' && isBookkeeping(relation))
      .flatMap((relation) => {
        const roles = rolesWith(WRITING, relation, context)
        if (roles.length === 0) return []
        return {
          object: qualifiedName(relation),
          summary: `${roles.join(', ')} may change which migrations count as run.`,
          fix: revokePrivileges(WRITING, relation, context),
        }
      }),
)
