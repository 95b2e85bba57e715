import {
  createLookup,
  dropLookup,
  giveLookup,
  keepLookup,
  lookupSignature,
} from '../policy/lookup-function.ts'
import { lookupStates, surplusLookups } from '../wanted/wanted-lookups.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import { statements } from './facts/statements.ts'

export const lookupDrift: Check = defineCheck(
  {
    id: 'lookup-drift',
    level: 'high',
    title: 'The function of a lookup is not as the tool writes it',
    why:
      'It runs as the admin, whom every tenant is in sight of, and the audit trusts it because it gives one ' +
      'tenant id for one key. A body, an owner or a caller that changed may give more.',
    link: 'https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY',
    broken: `create function public."tenantOfUser"(key text) returns uuid language sql stable security definer
  set search_path = pg_catalog, pg_temp as 'select null::uuid';
comment on function public."tenantOfUser"(key text) is 'Written by kysely-tenants: a lookup.'`,
    fixed: 'drop function public."tenantOfUser"(key text)',
  },
  ({ wanted, snapshot }) => [
    ...surplusLookups(wanted, snapshot).map((fn) => ({
      object: fn.signature,
      summary: 'The config asks for this lookup no longer.',
      fix: dropLookup({ signature: fn.signature, ifExists: true }),
    })),
    ...lookupStates(wanted, snapshot).flatMap(({ lookup, actual, differences }): Problem[] => {
      if (actual && differences.length === 0) return []
      const signature = lookupSignature(lookup)
      return [
        {
          object: signature,
          ...(!actual && { level: 'info' as const }),
          summary: actual ? `It ${differences.join(', and ')}.` : 'It is missing: its calls fail.',
          fix: statements([
            dropLookup({ signature, ifExists: true }),
            createLookup(lookup),
            ...keepLookup(lookup),
            giveLookup(lookup),
          ]),
        },
      ]
    }),
  ],
)
