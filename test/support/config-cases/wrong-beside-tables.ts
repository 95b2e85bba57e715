import { KEYS, NO_NAME } from './message-parts.ts'
import { WAIVER } from './right-configs.ts'
import type { WrongConfig } from './wrong-config.ts'

const SETTING = "identifiers joined by dots, such as 'app.tenant_id'"

const CONNECTION = 'a connection string or the options of a pg Client'

/** Everything beside `tables`, which is right here. */
export const WRONG_BESIDE_TABLES: readonly WrongConfig[] = [
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
    title: 'lookups that are a list',
    input: { lookups: ['tenants'] },
    problems: ['lookups: expected an object, got ["tenants"]'],
  },
  {
    title: 'lookups with wrong names',
    input: { lookups: { 'of host': { table: 'a', by: 'b' }, '1st': null } },
    problems: ['of host', '1st'].map(
      (name) =>
        `lookups.${name}: a lookup is named like a function: letters, digits and "_", at most 63, no digit in front`,
    ),
  },
  {
    title: 'a lookup that says too little, and one that says too much',
    input: {
      lookups: {
        one: { table: 'a.b.c' },
        two: { table: 5, by: '', many: 'yes', coulmn: 'id' },
        three: null,
      },
    },
    problems: [
      'lookups.one.by: expected a non-empty string, got null',
      `lookups.one.table: expected 'table' or 'schema.table', a part with a dot in double quotes, got 'a.b.c'`,
      'lookups.two.coulmn: unknown key; lookups.two takes table, by, many',
      "lookups.two.many: expected true or false, got 'yes'",
      'lookups.two.table: expected a non-empty string, got 5',
      "lookups.two.by: expected a non-empty string, got ''",
      'lookups.three: expected an object, got null',
      'lookups.three.table: expected a non-empty string, got null',
      'lookups.three.by: expected a non-empty string, got null',
    ],
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
    problems: ['roles.admins: unknown key; did you mean admin? roles takes app, admin, owner'],
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
    problems: [
      "migrations.format: expected one of ts, js, knex-ts, knex, sql, prisma, drizzle, dbmate, node-pg-migrate, flyway, supabase, graphile-migrate, got 'knex-js'",
    ],
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
