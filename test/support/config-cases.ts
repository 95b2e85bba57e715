/** A config that is refused, and all that is said about it. */
export interface WrongConfig {
  readonly title: string
  readonly input: unknown
  readonly problems: readonly string[]
}

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
    comments: { access: 'boundary' },
    tasks: { backfill: { parent: 'crm.projects' } },
    settings: { backfill: { tenant: 'acme' } },
  },
  global: ['countries', 'audit.log'],
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

const KEYS = 'connection, tenant, roles, schemas, tables, global, migrations, audit'

const NO_TABLES = "tables: name at least one tenant table, such as { projects: {} } or ['projects']"

const NO_NAME = "'table' or 'schema.table', a part with a dot in double quotes"

const SETTING = "identifiers joined by dots, such as 'app.tenant_id'"

const CONNECTION = 'a connection string or the options of a pg Client'

/** Wrong as a whole: no key is looked at. */
const WHOLE: readonly WrongConfig[] = [
  { title: 'no config', input: undefined, problems: [NO_TABLES] },
  { title: 'an empty config', input: {}, problems: [NO_TABLES] },
  { title: 'null', input: null, problems: ['config: expected an object, got null'] },
  { title: 'a number', input: 5, problems: ['config: expected an object, got 5'] },
  {
    title: 'a connection string, which is not shown',
    input: 'postgres://app:secret@localhost/app',
    problems: ['config: expected an object, got a string'],
  },
  {
    title: 'a list of tables in the place of the config',
    input: ['projects'],
    problems: ['config: expected an object, got ["projects"]'],
  },
  {
    title: 'a promise of a config',
    input: Promise.resolve({ tables: ['projects'] }),
    problems: ['config: expected an object, got a Promise'],
  },
  {
    title: 'a function that makes a config',
    input: () => ({ tables: ['projects'] }),
    problems: ['config: expected an object, got a function'],
  },
]

const TABLES: readonly WrongConfig[] = [
  { title: 'an empty record of tables', input: { tables: {} }, problems: [NO_TABLES] },
  { title: 'an empty list of tables', input: { tables: [] }, problems: [NO_TABLES] },
  {
    title: 'a misspelt key, and therefore no tables',
    input: { tabels: { projects: {} } },
    problems: [`tabels: unknown key; did you mean tables? config takes ${KEYS}`, NO_TABLES],
  },
  {
    title: 'tables that are null',
    input: { tables: null },
    problems: ['tables: expected a list of names or an object such as { projects: {} }, got null'],
  },
  {
    title: 'one table without a list',
    input: { tables: 'projects' },
    problems: [
      "tables: expected a list of names or an object such as { projects: {} }, got 'projects'",
    ],
  },
  {
    title: 'a Map of tables',
    input: { tables: new Map([['projects', {}]]) },
    problems: ['tables: expected a list of names or an object such as { projects: {} }, got a Map'],
  },
  {
    title: 'a name of three parts',
    input: { tables: { projects: {}, 'a.b.c': {} } },
    problems: [`tables.a.b.c: expected ${NO_NAME}, got 'a.b.c'`],
  },
  {
    title: 'an empty name',
    input: { tables: { projects: {}, '': {} } },
    problems: [`tables.: expected ${NO_NAME}, got ''`],
  },
  {
    title: 'a name of spaces',
    input: { tables: { projects: {}, ' ': {} } },
    problems: [`tables. : expected ${NO_NAME}, got ' '`],
  },
  {
    title: 'a NUL byte in the name of a table',
    input: { tables: { 'projects\0': {} } },
    problems: [`tables.projects\0: expected ${NO_NAME}, got 'projects\0'`],
  },
  {
    title: 'an object in a list of names',
    input: { tables: ['projects', { tasks: {} }] },
    problems: ['tables[1]: expected a non-empty string, got {"tasks":{}}'],
  },
  {
    title: 'an empty entry in a list of names',
    input: { tables: ['projects', undefined] },
    problems: ['tables[1]: expected a non-empty string, got null'],
  },
  {
    title: 'a table that is null',
    input: { tables: { projects: null } },
    problems: ['tables.projects: expected an object, got null'],
  },
  {
    title: 'a table that is true',
    input: { tables: { projects: true } },
    problems: ['tables.projects: expected an object, got true'],
  },
  {
    title: 'a misspelt option of a table',
    input: { tables: { projects: { colum: 'org_id' } } },
    problems: [
      'tables.projects.colum: unknown key; did you mean column? tables.projects takes column, shared, access, backfill, globalKeys',
    ],
  },
  {
    title: 'a column that is a number',
    input: { tables: { projects: { column: 5 } } },
    problems: ['tables.projects.column: expected a non-empty string, got 5'],
  },
  {
    title: 'a switch that is a word',
    input: { tables: { projects: { shared: 'yes' } } },
    problems: ["tables.projects.shared: expected true or false, got 'yes'"],
  },
  {
    title: 'an access that does not exist',
    input: { tables: { projects: { access: 'none' } } },
    problems: ["tables.projects.access: expected one of full, boundary, got 'none'"],
  },
  {
    title: 'one global key without a list',
    input: { tables: { users: { globalKeys: 'users_email_key' } } },
    problems: [
      "tables.users.globalKeys: expected a list, got 'users_email_key'; write ['users_email_key']",
    ],
  },
  {
    title: 'two sources of a backfill',
    input: { tables: { projects: { backfill: { parent: 'a', tenant: 'b' } } } },
    problems: ["tables.projects.backfill: write either { parent: 'table' } or { tenant: 'id' }"],
  },
  {
    title: 'a backfill without a source',
    input: { tables: { projects: { backfill: {} } } },
    problems: ["tables.projects.backfill: write either { parent: 'table' } or { tenant: 'id' }"],
  },
  {
    title: 'a backfill from a table with a name of three parts',
    input: { tables: { projects: { backfill: { parent: 'a.b.c' } } } },
    problems: [`tables.projects.backfill.parent: expected ${NO_NAME}, got 'a.b.c'`],
  },
  {
    title: 'a backfill with a tenant that is a number',
    input: { tables: { projects: { backfill: { tenant: 7 } } } },
    problems: ['tables.projects.backfill.tenant: expected a non-empty string, got 7'],
  },
]

/** Everything beside `tables`, which is right here. */
const BESIDE_TABLES: readonly WrongConfig[] = [
  {
    title: 'a key that is not like any other',
    input: { plugins: [] },
    problems: [`plugins: unknown key; config takes ${KEYS}`],
  },
  {
    title: 'an address of the schema that is a number',
    input: { $schema: 7 },
    problems: ['$schema: expected a non-empty string, got 7'],
  },
  {
    title: 'a connection that is a number',
    input: { connection: 5 },
    problems: [`connection: expected ${CONNECTION}, got a number`],
  },
  {
    title: 'a connection that is null',
    input: { connection: null },
    problems: [`connection: expected ${CONNECTION}, got null`],
  },
  {
    title: 'an empty connection',
    input: { connection: '' },
    problems: [`connection: expected ${CONNECTION}, got an empty string`],
  },
  {
    title: 'a list of connections, whose passwords are not shown',
    input: { connection: ['postgres://app:secret@localhost/app'] },
    problems: [`connection: expected ${CONNECTION}, got a list`],
  },
  {
    title: 'a connection of the application with a NUL byte',
    input: { audit: { appConnection: 'postgres://app:secret\0@localhost/app' } },
    problems: [`audit.appConnection: expected ${CONNECTION}, got a string with a NUL byte`],
  },
  {
    title: 'a tenant that is a string',
    input: { tenant: 'uuid' },
    problems: ["tenant: expected an object, got 'uuid'"],
  },
  {
    title: 'a misspelt key of the tenant',
    input: { tenant: { colum: 'org_id' } },
    problems: [
      'tenant.colum: unknown key; did you mean column? tenant takes column, type, setting',
    ],
  },
  {
    title: 'a column of spaces',
    input: { tenant: { column: ' ' } },
    problems: ["tenant.column: expected a non-empty string, got ' '"],
  },
  {
    title: 'a NUL byte in a column',
    input: { tenant: { column: 'a\0' } },
    problems: ["tenant.column: expected a non-empty string, got 'a\0'"],
  },
  {
    title: 'a type that a tenant cannot have',
    input: { tenant: { type: 'float' } },
    problems: ["tenant.type: expected one of uuid, text, varchar, integer, bigint, got 'float'"],
  },
  {
    title: 'a setting without a dot',
    input: { tenant: { setting: 'tenant' } },
    problems: [`tenant.setting: expected ${SETTING}, got 'tenant'`],
  },
  {
    title: 'a setting that PostgreSQL refuses',
    input: { tenant: { setting: 'app.tenant-id' } },
    problems: [`tenant.setting: expected ${SETTING}, got 'app.tenant-id'`],
  },
  {
    title: 'a setting that is a number',
    input: { tenant: { setting: 5 } },
    problems: ['tenant.setting: expected a non-empty string, got 5'],
  },
  {
    title: 'a role that is a number',
    input: { roles: { app: 5 } },
    problems: ['roles.app: expected a non-empty string, got 5'],
  },
  {
    title: 'a variable that is not set in a list of roles',
    input: { roles: { app: ['app_user', undefined] } },
    problems: ['roles.app[1]: expected a non-empty string, got null'],
  },
  {
    title: 'roles that are a list',
    input: { roles: ['app_user'] },
    problems: ['roles: expected an object, got ["app_user"]'],
  },
  {
    title: 'a misspelt role',
    input: { roles: { admins: 'app_admin' } },
    problems: ['roles.admins: unknown key; did you mean admin? roles takes app, admin'],
  },
  {
    title: 'one schema without a list',
    input: { schemas: 'app' },
    problems: ["schemas: expected a list, got 'app'; write ['app']"],
  },
  {
    title: 'schemas that are an object',
    input: { schemas: {} },
    problems: ['schemas: expected a list, got {}'],
  },
  {
    title: 'a list of schemas without a single name',
    input: { schemas: [5] },
    problems: ['schemas[0]: expected a non-empty string, got 5'],
  },
  {
    title: 'one global table without a list',
    input: { global: 'countries' },
    problems: ["global: expected a list, got 'countries'; write ['countries']"],
  },
  {
    title: 'a global table with a name of three parts',
    input: { global: ['a.b.c'] },
    problems: [`global[0]: expected ${NO_NAME}, got 'a.b.c'`],
  },
  {
    title: 'an empty folder',
    input: { migrations: { folder: '' } },
    problems: ["migrations.folder: expected a non-empty string, got ''"],
  },
  {
    title: 'a key of the migrations that is not like any other',
    input: { migrations: { table: 'x' } },
    problems: ['migrations.table: unknown key; migrations takes folder, format, with'],
  },
  {
    title: 'a format of migrations that does not exist',
    input: { migrations: { format: 'knex-js' } },
    problems: ["migrations.format: expected one of ts, js, knex-ts, knex, sql, got 'knex-js'"],
  },
  {
    title: 'a part of the migrations that does not exist',
    input: { migrations: { with: ['views', 'keys'] } },
    problems: [
      "migrations.with[1]: expected one of foreign-keys, unique-keys, views, grants, got 'keys'",
    ],
  },
  {
    title: 'one part of the migrations without a list',
    input: { migrations: { with: 'views' } },
    problems: ["migrations.with: expected a list, got 'views'; write ['views']"],
  },
  {
    title: 'a level that does not exist',
    input: { audit: { failOn: 'severe' } },
    problems: ["audit.failOn: expected one of critical, high, medium, low, info, got 'severe'"],
  },
  {
    title: 'a level of a check that is a number',
    input: { audit: { levels: { 'rls-not-forced': 1 } } },
    problems: [
      'audit.levels.rls-not-forced: expected one of critical, high, medium, low, info, off, got 1',
    ],
  },
  {
    title: 'levels that are a Map',
    input: { audit: { levels: new Map([['rls-not-forced', 'off']]) } },
    problems: ['audit.levels: expected an object, got a Map'],
  },
  {
    title: 'a waiver without its list',
    input: { audit: { waivers: WAIVER } },
    problems: [`audit.waivers: expected a list, got ${JSON.stringify(WAIVER)}`],
  },
  {
    title: 'a misspelt key of a waiver',
    input: { audit: { waivers: [{ ...WAIVER, expire: '2028-01-01' }] } },
    problems: [
      'audit.waivers[0].expire: unknown key; did you mean expires? audit.waivers[0] takes check, object, fingerprint, reason, expires',
    ],
  },
  {
    title: 'a waiver without a reason',
    input: { audit: { waivers: [{ ...WAIVER, reason: undefined }] } },
    problems: ['audit.waivers[0].reason: expected a non-empty string, got null'],
  },
  {
    title: 'a waiver that never ends',
    input: { audit: { waivers: [{ ...WAIVER, expires: undefined }] } },
    problems: ["audit.waivers[0].expires: expected a day such as '2027-01-31', got null"],
  },
  {
    title: 'a waiver until a day that does not exist',
    input: { audit: { waivers: [{ ...WAIVER, expires: '2027-02-29' }] } },
    problems: ["audit.waivers[0].expires: expected a day such as '2027-01-31', got '2027-02-29'"],
  },
]

/** A JSON Schema looks at each key on its own. */
export const CONFLICTS: readonly WrongConfig[] = [
  {
    title: 'a table that is listed twice, once in quotes',
    input: { tables: ['projects', '"projects"'] },
    problems: ['tables: projects is listed twice; keep one'],
  },
  {
    title: 'a table that stands twice in a record, once in quotes',
    input: { tables: { 'crm.deals': {}, 'crm."deals"': { column: 'org_id' } } },
    problems: ['tables: crm.deals is listed twice; keep one'],
  },
  {
    title: 'a table that is both of a tenant and global',
    input: { tables: ['projects', 'crm.deals'], global: ['crm.deals'] },
    problems: ['global: crm.deals is also under `tables`; it can only be one of them'],
  },
  {
    title: 'an admin that is an app role too',
    input: { roles: { app: ['a', 'b'], admin: 'b' }, tables: ['projects'] },
    problems: ['roles.admin: b is also an app role; give the admin a login of its own'],
  },
  {
    title: 'no schemas for tables that need one',
    input: { schemas: [], tables: ['projects', 'crm.deals'], global: ['countries'] },
    problems: [
      "schemas: name the schema of projects, countries, such as ['public'], or write 'schema.table'",
    ],
  },
]

const REPEATED: readonly WrongConfig[] = [
  {
    title: 'a table that is listed twice',
    input: { tables: ['projects', 'tasks', 'projects', 'projects'] },
    problems: ['tables: projects is listed twice; keep one'],
  },
  {
    title: 'a global table that is listed twice',
    input: { tables: ['projects'], global: ['countries', 'countries'] },
    problems: ['global: countries is listed twice; keep one'],
  },
]

/** `WHOLE` and `TABLES` as they are; the rest beside a table that is right. */
export const WRONG_CONFIGS: readonly WrongConfig[] = [
  ...WHOLE,
  ...TABLES,
  ...BESIDE_TABLES.map(({ title, input, problems }) => ({
    title,
    input: { tables: ['projects'], ...(input as object) },
    problems,
  })),
  ...REPEATED,
  ...CONFLICTS,
]
