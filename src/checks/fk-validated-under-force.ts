import type { KeyRows } from '../catalog/snapshot.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, type Doubt, defineCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'

const KEY = `alter table public.tasks drop constraint tasks_tenant_id_project_id_fkey;
insert into public.tasks (tenant_id, id, project_id)
  values ('00000000-0000-4000-8000-000000000001', 1, 404);
set role app_owner;
alter table public.tasks add constraint tasks_tenant_id_project_id_fkey
  foreign key (tenant_id, project_id) references public.projects (tenant_id, id);
reset role`

export const fkValidatedUnderForce: Check = {
  ...defineCheck(
    {
      id: 'fk-validated-under-force',
      level: 'critical',
      title: 'A foreign key that PostgreSQL calls valid is broken by rows',
      why:
        'An owner under FORCE sees no rows, so validating the key succeeds without looking. Rows ' +
        'without a parent stay behind: a cascade misses them, and a new parent takes them over.',
      link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
      broken: KEY,
      fixed: 'delete from public.tasks where project_id = 404',
      readsRows: true,
    },
    ({ snapshot }) =>
      (snapshot.keyRows ?? []).flatMap((rows) => {
        if (!rows.broken) return []
        const { key, references, broken } = rows
        return {
          object: qualifiedName(rows),
          summary: `${broken} ${broken === 1 ? 'row breaks' : 'rows break'} foreign key ${key}: they refer to no row of ${qualifiedName(references)}.`,
          fix: repair(rows),
        }
      }),
  ),
  doubts,
}

function doubts({ snapshot }: CheckContext): Doubt[] {
  return (snapshot.keyRows ?? []).flatMap(({ key, doubt, ...table }) =>
    doubt === null ? [] : { object: qualifiedName(table), reason: `foreign key ${key}: ${doubt}` },
  )
}

// A person has to decide which rows may go, and a report must not hold their contents.
function repair({ key, query, ...table }: KeyRows): string {
  return [
    '-- Look at them as a superuser or with BYPASSRLS, mend or delete them:',
    `-- select c.* ${query}`,
    `-- Then drop constraint ${identifier(key)} on ${qualifiedName(table)} and add it again, before FORCE or with such a role.`,
  ].join('\n')
}
