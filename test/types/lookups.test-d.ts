import { expectTypeOf } from 'expect-type'
import type { Kysely } from 'kysely'
import { createTenancy, type Tenancy } from 'kysely-tenants'
import { type ConfigInput, defineConfig } from 'kysely-tenants/config'

interface Tables {
  tenants: { id: string; hostname: string | null }
  'crm.api_keys': { tenant_id: string; hash: Buffer }
  memberShips: { tenantId: string; userId: number }
}

declare const db: Kysely<Tables>
declare const json: ConfigInput

const tenancy = createTenancy(
  defineConfig({
    roles: { app: 'app_user', admin: 'app_admin' },
    tables: { tenants: { column: 'id' }, 'crm.api_keys': {}, member_ships: {}, others: {} },
    lookups: {
      tenantOfHost: { table: 'tenants', by: 'hostname' },
      tenantOfKey: { table: 'crm.api_keys', by: 'hash' },
      tenantsOfUser: { table: 'member_ships', by: 'user_id', many: true },
      tenantOfOther: { table: 'others', by: 'id' },
    },
  }),
)
const plain = createTenancy({ tables: ['tenants'] })

export async function lookups(request: { readonly host?: string }): Promise<void> {
  const assignable: Tenancy = tenancy
  void assignable
  const host = await tenancy.lookup(db, 'tenantOfHost', request.host)
  expectTypeOf(host).toEqualTypeOf<string | undefined>()
  expectTypeOf(await tenancy.lookup(db, 'tenantsOfUser', 7)).toEqualTypeOf<string[]>()
  await tenancy.lookup(db, 'tenantOfKey', Buffer.from('a'))
  await tenancy.lookup(db, 'tenantOfOther', 7n)
  await db.transaction().execute((trx) => tenancy.lookup(trx, 'tenantOfHost', null))
  const loose = await createTenancy(json).lookup(db, 'any', 'key')
  expectTypeOf(loose).toEqualTypeOf<string | string[] | undefined>()
}

export async function refused(): Promise<void> {
  // @ts-expect-error is not assignable to: the config has no such lookup
  await tenancy.lookup(db, 'tenantOfHots', 'a')
  // @ts-expect-error is not assignable to: a hostname is a string
  await tenancy.lookup(db, 'tenantOfHost', 7)
  // @ts-expect-error is not assignable to: bytes are no string
  await tenancy.lookup(db, 'tenantOfKey', 'a')
  // @ts-expect-error is not assignable to: a config without lookups has none
  await plain.lookup(db, 'tenantOfHost', 'a')
}
