/** The `@example` blocks, the README and the pages assume this application, its database, and its imports. */
declare global {
  type Generated<T> = import('kysely').Generated<T>

  interface Tables {
    projects: { id: Generated<number>; tenant_id: string; title: string }
    tasks: { id: Generated<number>; tenant_id: string; done: boolean }
    countries: { code: string }
  }

  type Database = WithTenant<Tables, 'projects' | 'tasks'>
  type TenancyError = import('kysely-tenants').TenancyError
  type TenantKysely<DB> = import('kysely-tenants').TenantKysely<DB>
  type WithTenant<
    DB,
    Names extends keyof DB | import('kysely-tenants').TenantTables,
    Column extends string = 'tenant_id',
  > = import('kysely-tenants').WithTenant<DB, Names, Column>

  const Kysely: typeof import('kysely').Kysely
  const CamelCasePlugin: typeof import('kysely').CamelCasePlugin
  const Cursor: typeof import('pg-cursor').default
  const Pool: typeof import('pg').Pool
  const assert: typeof import('node:assert/strict')
  const audit: typeof import('kysely-tenants/audit').audit
  const auditSnapshot: typeof import('kysely-tenants/audit').auditSnapshot
  const compareSnapshots: typeof import('kysely-tenants/audit').compareSnapshots
  const loadSnapshot: typeof import('kysely-tenants/audit').loadSnapshot
  const saveSnapshot: typeof import('kysely-tenants/audit').saveSnapshot
  const createTenancy: typeof import('kysely-tenants').createTenancy
  const defineConfig: typeof import('kysely-tenants/config').defineConfig
  const takeSnapshot: typeof import('kysely-tenants/audit').takeSnapshot
  const httpStatus: typeof import('kysely-tenants').httpStatus
  const isTenancyError: typeof import('kysely-tenants').isTenancyError
  const TenantDialect: typeof import('kysely-tenants').TenantDialect
  const TenantPlugin: typeof import('kysely-tenants').TenantPlugin

  const connectionString: string
  const client: import('pg').Client
  const pool: import('pg').Pool
  const pglite: import('@electric-sql/pglite').PGlite
  const config: import('kysely-tenants/config').ConfigInput
  const db: import('kysely').Kysely<Database>
  const tenancy: import('kysely-tenants').Tenancy &
    import('kysely-tenants').Lookups<{
      readonly lookups: {
        readonly tenantOfHost: { readonly table: 'tenants'; readonly by: 'hostname' }
      }
    }>
  const error: unknown
  const reply: { code(status: number): void }
  const report: () => Promise<void>
  const metrics: { observe(event: unknown): void }
  const pager: { alert(event: unknown): void; notify(event: unknown): void }
  const auditLog: { write(event: unknown): void }

  /** An express-like framework. */
  const app: {
    use(handle: (req: { user: { tenant: string } }, res: object, next: () => void) => unknown): void
  }
}

export {}
