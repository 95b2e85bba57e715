import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { revokeFromApp } from './facts/revoke-from-app.ts'
import { roadCheck } from './facts/road-check.ts'

export const globalTableParentOfTenants: Check = roadCheck(
  {
    id: 'global-table-parent-of-tenants',
    level: 'high',
    title: 'Rows of tenants are read through the table that their table inherits from',
    why:
      'A statement meets the policies of the table that it names. Read through a parent that is listed as ' +
      'global, the rows of its children are filtered by no policy of theirs.',
    link: 'https://www.postgresql.org/docs/current/ddl-inherit.html',
    broken: `create table public.stamped (at timestamptz);
alter table public.events inherit public.stamped;
grant select on public.stamped to app_user`,
    fixed: 'revoke select on public.stamped from app_user',
    alsoFinds: ['unclassified-table'],
  },
  ({ crossing, kind }) => crossing.kind === 'relation' && kind === 'rows',
  ({ road: { crossing } }, context) => {
    if (crossing.kind !== 'relation') return
    return {
      object: qualifiedName(crossing.relation),
      fix: revokeFromApp(crossing.relation, context),
    }
  },
)
