import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { roadMap } from './facts/roads.ts'

export const foreignKeyTellsOfTenants: Check = defineCheck(
  {
    id: 'foreign-key-tells-of-tenants',
    level: 'medium',
    title: 'A foreign key tells which rows other tenants have',
    why:
      'A foreign key is checked past row security. From a table that is of no tenant, an insert that ' +
      'succeeds or fails says whether a row is there, whose ever it is.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: `alter table public.countries add column tenant uuid, add column project int,
  add constraint featured foreign key (tenant, project) references public.projects`,
    fixed: 'alter table public.countries drop constraint featured',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    const roles = rolesOfApp(context)
    return (map?.tenancy.tenantRelations ?? []).flatMap((parent) =>
      (map?.index.keysTo(parent.id) ?? []).flatMap((key) => {
        const child = map?.index.relations.get(key.child)
        if (!map || !child || map.tenancy.standingOf(child) === 'tenant' || child.rlsEnabled)
          return []
        const writer = roles.find(
          ({ role }) =>
            map.rights.use(role, child.schema) &&
            ['INSERT', 'UPDATE'].some((privilege) => map.rights.may(role, privilege, child)),
        )
        if (!writer) return []
        return {
          object: qualifiedName(child),
          summary: `${writer.who} writes it, and ${identifier(key.name)} looks into ${qualifiedName(parent)}.`,
          fix: `alter table ${qualifiedName(child)} drop constraint if exists ${identifier(key.name)}`,
        }
      }),
    )
  },
)
