import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { freeRoles } from './facts/revoke-from-app.ts'
import { decision } from './facts/statements.ts'

export const largeObjects: Check = defineCheck(
  {
    id: 'large-objects',
    level: 'medium',
    title: 'Large objects belong to no tenant',
    why:
      'A large object has privileges of its own and no row security: every tenant that knows or guesses ' +
      'its number reads it, for the application is one role for all of them.',
    link: 'https://www.postgresql.org/docs/current/lo-implementation.html',
    broken: 'alter table public.events add column photo oid',
    fixed: 'alter table public.events alter column photo type bytea using lo_get(photo)',
    needs: 'appRoles',
  },
  (context) => [...columns(context), ...objects(context)],
)

function columns(context: CheckContext): Problem[] {
  return checkedTables(context)
    .filter(({ isChild }) => !isChild)
    .flatMap(({ relation }) =>
      relation.columns
        .filter(({ baseType }) => baseType === 'oid')
        .map(({ name }) => {
          const [table, column] = [qualifiedName(relation), identifier(name)]
          return {
            object: table,
            summary: `${column} seems to name large objects.`,
            fix: decision(
              'Keep the bytes in the row, and let the application read and write them there:',
              `  alter table ${table} alter column ${column} type bytea using lo_get(${column})`,
            ),
          }
        }),
    )
}

function objects(context: CheckContext): Problem[] {
  const { snapshot } = context
  const reach = snapshot.reach?.largeObjects ?? []
  const roles = [...freeRoles(context)]
  const all = reach.reduce((sum, { count }) => sum + count, 0)
  const switchedOff = privilegesOff(context)
  const own = reach.filter(
    ({ owner, grants }) =>
      roles.includes(owner) ||
      grants.some(({ grantee }) => grantee === null || roles.includes(grantee)),
  )
  const count = switchedOff === undefined ? own.reduce((sum, it) => sum + it.count, 0) : all
  if (count === 0 && switchedOff === undefined) return []
  return [
    {
      object: 'large objects',
      level: count === 0 ? 'low' : 'medium',
      summary: `The application may read ${count} of them, of every tenant${switchedOff ? `: ${switchedOff}` : ''}.`,
      fix: '-- Store what they hold in a column of type bytea of a tenant table, then lo_unlink them.',
    },
  ]
}

/** Where `lo_compat_privileges` is on, no privilege of a large object counts. */
function privilegesOff({ snapshot, wanted }: CheckContext): string | undefined {
  const stored = snapshot.settingDefaults.find(
    ({ setting, value, role }) =>
      setting === 'lo_compat_privileges' &&
      /^(?:on|true|yes|1)$/i.test(value) &&
      (role === null || wanted.appRoles.includes(role)),
  )
  if (!stored && !snapshot.reach?.largeObjectsOpen) return undefined
  return 'lo_compat_privileges is on, so that their privileges do not count'
}
