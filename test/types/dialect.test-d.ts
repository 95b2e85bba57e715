import { expectTypeOf } from 'expect-type'
import { type Dialect, Kysely } from 'kysely'
import type {
  RuntimeConfigInput,
  Scope,
  StrategyName,
  Tenancy,
  TenantDialectConfig,
} from 'kysely-tenants'
import { createTenancy, TenantDialect, TenantPlugin } from 'kysely-tenants'
import type { ConfigInput } from 'kysely-tenants/config'
import { defineConfig } from 'kysely-tenants/config'
import { Pool } from 'pg'
import Cursor from 'pg-cursor'

declare const config: ConfigInput
declare const foreign: Dialect
const tenancy = createTenancy(config)
const pool = new Pool()

export function tenancies(): void {
  expectTypeOf(tenancy).toExtend<Tenancy>()
  createTenancy(defineConfig({ tenant: { type: 'uuid' }, tables: ['projects'] }))
  createTenancy({ tables: { projects: {}, 'billing.invoices': { column: 'org_id' } } })
  createTenancy({ tables: ['projects'] })
  createTenancy({
    connection: { host: 'localhost' },
    roles: { app: 'app_user', admin: ['app_admin'] },
    schemas: ['public'],
    tables: { projects: { globalKeys: ['projects_slug_key'] }, tasks: { access: 'boundary' } },
    global: ['countries'],
    migrations: { format: 'js' },
    audit: { failOn: 'low' },
  })
  expectTypeOf<ConfigInput>().toExtend<RuntimeConfigInput>()
  expectTypeOf<RuntimeConfigInput['tables']>().toEqualTypeOf<ConfigInput['tables']>()
  expectTypeOf(tenancy.run('acme', () => 1)).toEqualTypeOf<number>()
  expectTypeOf(tenancy.run(7, async () => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(tenancy.runAsAdmin(() => 1, { reason: 'report' })).toEqualTypeOf<number>()
  expectTypeOf(tenancy.runGlobal(async () => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(tenancy.current()).toEqualTypeOf<Scope | undefined>()
  // @ts-expect-error 'tables': without tables no row is isolated
  createTenancy({ tenant: { type: 'uuid' } })
  // @ts-expect-error 'tabels': a misspelt key
  createTenancy({ tabels: ['projects'] })
  // @ts-expect-error "json": no type of a tenant
  createTenancy({ tenant: { type: 'json' }, tables: ['projects'] })
  // @ts-expect-error 'undefined': no tenant
  tenancy.run(undefined, () => 1)
}

export function dialects(): void {
  const dialect = new TenantDialect({ tenancy, pool, adminPool: async () => pool, cursor: Cursor })
  new Kysely<object>({ dialect, plugins: [new TenantPlugin({ tenancy })] })
  expectTypeOf(dialect).toExtend<Dialect>()
  new TenantDialect({ tenancy, dialect: foreign, adminDialect: foreign, guard: 'warn' })
  new TenantDialect({ tenancy, pool, strategy: 'session', poolerKeepsSessions: true })
  new TenantDialect({ tenancy, pool, prepare: { max: 256 }, onCreateConnection: async () => {} })
  expectTypeOf<StrategyName>().toEqualTypeOf<'local' | 'set-local' | 'session' | 'sequential'>()
  expectTypeOf({ tenancy, pool }).toExtend<TenantDialectConfig>()
  // @ts-expect-error 'tenancy': the scopes are missing
  new TenantDialect({ pool })
  // @ts-expect-error 'dialect' is missing: neither a pool nor a dialect
  new TenantDialect({ tenancy })
  // @ts-expect-error "global": no such strategy
  new TenantDialect({ tenancy, pool, strategy: 'global' })
  // @ts-expect-error 'Prepare': 'auto', false or a number of statements
  new TenantDialect({ tenancy, pool, prepare: true })
}
