import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { roadMap } from './facts/roads.ts'

const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`

export const tenantColumnCollation: Check = {
  ...tableCheck(
    {
      id: 'tenant-column-collation',
      level: 'high',
      title: 'Two tenants are the same to the collation of the tenant column',
      why:
        'A nondeterministic collation calls texts equal that differ in case or in accents: the policies ' +
        'then show the rows of `acme` to `ACME`.',
      link: 'https://www.postgresql.org/docs/current/collation.html#COLLATION-NONDETERMINISTIC',
      broken: `create collation public.any_case
  (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
alter table public.events alter tenant_id drop default;
drop policy tenant_access on public.events;
drop policy tenant_isolation on public.events;
alter table public.events alter tenant_id type text collate public.any_case`,
      fixed: `alter table public.events alter tenant_id type uuid using tenant_id::uuid;
create policy tenant_access on public.events to app_user
  using (${OWN}) with check (${OWN});
create policy tenant_isolation on public.events as restrictive to app_user
  using (${OWN}) with check (${OWN});
alter table public.events alter tenant_id
  set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
      alsoFinds: [
        'tenant-column-type',
        'policy-access-missing',
        'policy-floor-missing',
        'policy-missing-command',
        'tenant-column-default',
      ],
      needs: 'roads',
    },
    ({ table }, context) => {
      const map = roadMap(context)
      const found = map?.context.snapshot.reach.nondeterministic.find(({ relation, column }) => {
        const state = map.index.relations.get(relation)
        return state && qualifiedName(state) === qualifiedName(table) && column === table.column
      })
      if (!found) return
      return {
        summary: `${identifier(table.column)} has the collation ${found.collation}, to which different texts are equal.`,
        fix: `-- alter table ${qualifiedName(table)} alter column ${identifier(table.column)} type text collate "C", without its policies and with them again.`,
      }
    },
  ),
}
