import { heldPrivileges } from '../catalog/privileges.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { grouped } from '../util/grouped.ts'
import { missingOnSequences } from '../wanted/missing-privileges.ts'
import { type Check, defineCheck } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import { plainAppRoles } from './facts/roles.ts'

export const sequenceUsageMissing: Check = defineCheck(
  {
    id: 'sequence-usage-missing',
    level: 'info',
    title: 'The application may insert into a table, and not use the sequence of a default',
    why: 'Every insert that leaves the column out fails: `permission denied for sequence`.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: `create sequence public.numbers;
alter table public.tasks alter id set default nextval('public.numbers')`,
    fixed: 'grant usage on sequence public.numbers to app_user, app_admin',
    needs: 'appRoles',
  },
  (context) => {
    const { snapshot, wanted } = context
    const missing = [...plainAppRoles(context), ...wanted.adminRoles].flatMap((role) => {
      const held = heldPrivileges(role, snapshot)
      const tables = checkedTables(context).flatMap(({ relation, isChild }) =>
        !isChild && held.onSomeColumn('INSERT', relation) ? [relation] : [],
      )
      return missingOnSequences(role, tables, snapshot)
    })
    return [...grouped(missing, ({ object }) => object)].map(([object, group]) => {
      const roles = group.map(({ role }) => identifier(role)).join(', ')
      return {
        object,
        summary: `${qualifiedName(group[0].table)}: ${group.map(({ problem }) => problem).join('; ')}.`,
        fix: `grant usage on sequence ${object} to ${roles}`,
      }
    })
  },
)
