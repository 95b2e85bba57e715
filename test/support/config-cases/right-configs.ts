export interface RightConfig {
  readonly title: string
  readonly input: unknown
}

export const WAIVER = {
  check: 'rls-not-forced',
  object: 'public.projects',
  fingerprint: '0123456789ab',
  reason: 'a migration needs it',
  expires: '2028-02-29',
}

export const FULL = {
  $schema: './node_modules/kysely-tenants/schemas/config.schema.json',
  connection: 'postgres://localhost/app',
  tenant: { column: 'org_id', type: 'bigint', setting: 'my_app.org' },
  roles: { app: 'app_user', admin: ['app_admin', 'support'] },
  schemas: ['public', 'crm'],
  tables: {
    projects: { globalKeys: ['projects_slug_key'] },
    'billing.invoices': { column: 'account' },
    templates: { shared: true },
    comments: { access: 'boundary', force: true },
    tasks: { backfill: { parent: 'crm.projects' } },
    settings: { backfill: { tenant: 'acme' } },
  },
  global: ['countries', 'audit.log'],
  force: false,
  migrations: { folder: 'db/migrations', format: 'knex-ts', with: ['views', 'grants'] },
  audit: {
    failOn: 'low',
    levels: { 'rls-not-forced': 'info', 'temp-privilege': 'off' },
    waivers: [WAIVER],
    appConnection: 'postgres://app@localhost/app',
  },
} as const

export const RIGHT_CONFIGS: readonly RightConfig[] = [
  { title: 'a list of tables', input: { tables: ['projects'] } },
  { title: 'a record of tables', input: { tables: { projects: {} } } },
  { title: 'every key', input: FULL },
  {
    title: 'the options of a pg client',
    input: { connection: { host: 'localhost', port: 5433 }, tables: ['projects'] },
  },
  {
    title: 'an environment variable that is not set as no connection',
    input: { connection: undefined, tables: ['projects'] },
  },
  {
    title: 'names with capitals, other letters, dots and quotes',
    input: { tables: ['projectTasks', 'Über.Größe', '"a.b"."c ""d"""', 'order', 'a b'] },
  },
  {
    title: 'a setting with capitals',
    input: { tenant: { setting: 'App.Tenant_Id' }, tables: ['projects'] },
  },
  {
    title: 'a setting of three parts with other letters',
    input: { tenant: { setting: 'app.größe.id$1' }, tables: ['projects'] },
  },
  {
    title: 'the same name in two schemas',
    input: { tables: ['crm.projects', 'billing.projects', '"crm.projects"'] },
  },
  {
    title: 'an owner that sees every tenant',
    input: { roles: { app: 'app_user', owner: 'app_owner' }, tables: ['projects'] },
  },
  {
    title: 'lookups of one tenant and of many',
    input: {
      roles: { app: 'app_user', admin: 'app_admin' },
      tables: ['tenants', 'crm."the members"'],
      lookups: {
        tenantOfHost: { table: 'tenants', by: 'hostname' },
        tenants_of_user2: { table: 'crm."the members"', by: 'User Id', many: true },
      },
    },
  },
  {
    title: 'empty objects and lists where nothing has to be named',
    input: {
      tenant: {},
      roles: { app: [], admin: [] },
      tables: { projects: { globalKeys: [] } },
      global: [],
      migrations: { with: [] },
      audit: { levels: {}, waivers: [] },
    },
  },
  {
    title: 'no schemas where every table names its own',
    input: { schemas: [], tables: ['crm.projects'], global: ['crm.countries'] },
  },
  {
    title: 'a waiver without a fingerprint',
    input: { tables: ['projects'], audit: { waivers: [{ ...WAIVER, fingerprint: undefined }] } },
  },
]
