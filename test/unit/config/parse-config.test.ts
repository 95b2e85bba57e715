import { expect } from 'chai'
import { defineConfig } from '../../../src/config/config.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { isTenancyError } from '../../../src/errors/tenancy-error.ts'

const DEFAULTS = {
  connection: undefined,
  column: 'tenant_id',
  type: undefined,
  setting: 'app.tenant_id',
  roles: { app: [], admin: [] },
  schemas: ['public'],
  tables: [
    {
      schema: undefined,
      name: 'projects',
      column: 'tenant_id',
      shared: false,
      access: 'full',
      backfill: undefined,
      globalKeys: [],
    },
  ],
  global: [],
  migrations: { folder: undefined, format: 'ts', with: [] },
  audit: { failOn: 'high', levels: {}, waivers: [], appConnection: undefined },
}

const WAIVER = {
  ...{ check: 'rls-not-forced', object: 'public.projects', fingerprint: '0123456789ab' },
  ...{ reason: 'a migration needs it', expires: '2028-02-29' },
}

describe('parseConfig', () => {
  it('fills in every default', () => {
    expect(parseConfig({ tables: { projects: {} } })).to.deep.equal(DEFAULTS)
  })

  it('reads a list of tables like a record of tables without options', () => {
    expect(parseConfig({ tables: ['projects'] })).to.deep.equal(DEFAULTS)
  })

  it('takes every key', () => {
    const config = defineConfig({
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
        ...{ failOn: 'low', levels: { 'rls-not-forced': 'info' }, waivers: [WAIVER] },
        appConnection: 'postgres://app@localhost/app',
      },
    })
    const table = {
      ...{ schema: undefined, column: 'org_id', shared: false, access: 'full' },
      backfill: undefined,
      globalKeys: [],
    }

    expect(parseConfig(config)).to.deep.equal({
      connection: 'postgres://localhost/app',
      column: 'org_id',
      type: 'bigint',
      setting: 'my_app.org',
      roles: { app: ['app_user'], admin: ['app_admin', 'support'] },
      schemas: ['public', 'crm'],
      tables: [
        { ...table, name: 'projects', globalKeys: ['projects_slug_key'] },
        { ...table, schema: 'billing', name: 'invoices', column: 'account' },
        { ...table, name: 'templates', shared: true },
        { ...table, name: 'comments', access: 'boundary' },
        { ...table, name: 'tasks', backfill: { parent: { schema: 'crm', name: 'projects' } } },
        { ...table, name: 'settings', backfill: { tenant: 'acme' } },
      ],
      global: [
        { schema: undefined, name: 'countries' },
        { schema: 'audit', name: 'log' },
      ],
      migrations: { folder: 'db/migrations', format: 'knex-ts', with: ['views', 'grants'] },
      audit: {
        ...{ failOn: 'low', levels: { 'rls-not-forced': 'info' }, waivers: [WAIVER] },
        appConnection: 'postgres://app@localhost/app',
      },
    })
  })

  it('hands the options of a pg client through', () => {
    const connection = { host: 'localhost', port: 5433 }
    expect(parseConfig({ connection, tables: ['projects'] }).connection).to.equal(connection)
  })

  it('takes an environment variable that is not set as no connection', () => {
    expect(parseConfig({ connection: undefined, tables: ['projects'] })).to.deep.equal(DEFAULTS)
  })

  it('keeps the case of names, and the dots inside double quotes', () => {
    const names = ['projectTasks', 'Über.Größe', '"a.b"."c ""d"""', 'order']

    const tables = parseConfig({ tables: names }).tables.map(({ schema, name }) => [schema, name])
    expect(tables).to.deep.equal([
      [undefined, 'projectTasks'],
      ['Über', 'Größe'],
      ['a.b', 'c "d"'],
      [undefined, 'order'],
    ])
  })

  it('writes the setting in lower case, as policies are compared', () => {
    const config = { tenant: { setting: 'App.Tenant_Id' }, tables: ['projects'] }
    expect(parseConfig(config).setting).to.equal('app.tenant_id')
  })

  // What is wrong → what is said about it, and nothing else.
  const PROBLEMS: readonly (readonly [title: string, input: object, problem: string])[] = [
    [
      'two sources of a backfill',
      { tables: { projects: { backfill: { parent: 'a', tenant: 'b' } } } },
      "tables.projects.backfill: write either { parent: 'table' } or { tenant: 'id' }",
    ],
    [
      'no source of a backfill',
      { tables: { projects: { backfill: {} } } },
      "tables.projects.backfill: write either { parent: 'table' } or { tenant: 'id' }",
    ],
    [
      'a key that it does not know',
      { tabels: {} },
      'tabels: unknown key; config takes connection, tenant, roles, schemas, tables, global, migrations, audit',
    ],
    [
      'a connection that is no text',
      { connection: 5 },
      'connection: expected a non-empty string, got 5',
    ],
    ['an empty connection', { connection: '' }, "connection: expected a non-empty string, got ''"],
    ['a tenant that is no object', { tenant: 'uuid' }, "tenant: expected an object, got 'uuid'"],
    [
      'a key of the tenant that it does not know',
      { tenant: { colum: 'org_id' } },
      'tenant.colum: unknown key; tenant takes column, type, setting',
    ],
    [
      'an empty column',
      { tenant: { column: ' ' } },
      "tenant.column: expected a non-empty string, got ' '",
    ],
    [
      'a NUL byte',
      { tenant: { column: 'a\0' } },
      "tenant.column: expected a non-empty string, got 'a\0'",
    ],
    [
      'a type that no tenant can have',
      { tenant: { type: 'float' } },
      "tenant.type: expected one of uuid, text, varchar, integer, bigint, got 'float'",
    ],
    [
      'a setting without a dot',
      { tenant: { setting: 'tenant' } },
      "tenant.setting: expected identifiers joined by dots, such as 'app.tenant_id', got 'tenant'",
    ],
    [
      'a setting that PostgreSQL refuses',
      { tenant: { setting: 'app.tenant-id' } },
      "tenant.setting: expected identifiers joined by dots, such as 'app.tenant_id', got 'app.tenant-id'",
    ],
    [
      'a role that is no text',
      { roles: { app: 5 } },
      'roles.app: expected a non-empty string, got 5',
    ],
    [
      'a variable that is not set in a list of roles',
      { roles: { app: ['app_user', undefined] } },
      'roles.app[1]: expected a non-empty string, got null',
    ],
    [
      'an admin that is an app role too',
      { roles: { app: ['a', 'b'], admin: 'b' } },
      'roles.admin: b is also an app role; give the admin a login of its own',
    ],
    ['schemas that are no texts', { schemas: {} }, 'schemas: expected a non-empty string, got {}'],
    [
      'a name of three parts',
      { tables: { projects: {}, 'a.b.c': {} } },
      "tables.a.b.c: expected 'table' or 'schema.table', a part with a dot in double quotes, got 'a.b.c'",
    ],
    [
      'an empty name',
      { tables: { projects: {}, '': {} } },
      "tables.: expected 'table' or 'schema.table', a part with a dot in double quotes, got ''",
    ],
    [
      'a list with something else than names',
      { tables: ['projects', { tasks: {} }] },
      'tables[1]: expected a non-empty string, got {"tasks":{}}',
    ],
    [
      'a table that is no object',
      { tables: { projects: null } },
      'tables.projects: expected an object, got null',
    ],
    [
      'an option of a table that it does not know',
      { tables: { projects: { colum: 'org_id' } } },
      'tables.projects.colum: unknown key; tables.projects takes column, shared, access, backfill, globalKeys',
    ],
    [
      'a column that is no text',
      { tables: { projects: { column: 5 } } },
      'tables.projects.column: expected a non-empty string, got 5',
    ],
    [
      'a switch that is no boolean',
      { tables: { projects: { shared: 'yes' } } },
      "tables.projects.shared: expected true or false, got 'yes'",
    ],
    [
      'an access that does not exist',
      { tables: { projects: { access: 'none' } } },
      "tables.projects.access: expected one of full, boundary, got 'none'",
    ],
    [
      'a table that is listed twice',
      { tables: ['projects', '"projects"'] },
      'tables: projects is listed twice; keep one',
    ],
    [
      'a tenant table that is global too',
      { tables: ['projects', 'crm.deals'], global: ['crm.deals'] },
      'global: crm.deals is also under `tables`; it can only be one of them',
    ],
    [
      'a global table that is no name',
      { global: ['a.b.c'] },
      "global[0]: expected 'table' or 'schema.table', a part with a dot in double quotes, got 'a.b.c'",
    ],
    [
      'an empty folder',
      { migrations: { folder: '' } },
      "migrations.folder: expected a non-empty string, got ''",
    ],
    [
      'a key of the migrations that it does not know',
      { migrations: { table: 'x' } },
      'migrations.table: unknown key; migrations takes folder, format, with',
    ],
    [
      'a format of migrations that it does not know',
      { migrations: { format: 'knex-js' } },
      "migrations.format: expected one of ts, js, knex-ts, knex, sql, got 'knex-js'",
    ],
    [
      'a part of the migrations that it does not know',
      { migrations: { with: ['views', 'keys'] } },
      "migrations.with[1]: expected one of foreign-keys, unique-keys, views, grants, got 'keys'",
    ],
    [
      'a level that does not exist',
      { audit: { failOn: 'severe' } },
      "audit.failOn: expected one of critical, high, medium, low, info, got 'severe'",
    ],
    [
      'a level of a check that does not exist',
      { audit: { levels: { 'rls-not-forced': 1 } } },
      'audit.levels.rls-not-forced: expected one of critical, high, medium, low, info, off, got 1',
    ],
    [
      'waivers that are no list',
      { audit: { waivers: WAIVER } },
      `audit.waivers: expected a list, got ${JSON.stringify(WAIVER)}`,
    ],
    [
      'a waiver without a reason',
      { audit: { waivers: [{ ...WAIVER, reason: undefined }] } },
      'audit.waivers[0].reason: expected a non-empty string, got null',
    ],
    [
      'a waiver that never ends',
      { audit: { waivers: [{ ...WAIVER, expires: undefined }] } },
      "audit.waivers[0].expires: expected a day such as '2027-01-31', got null",
    ],
    [
      'a waiver until a day that does not exist',
      { audit: { waivers: [{ ...WAIVER, expires: '2027-02-29' }] } },
      "audit.waivers[0].expires: expected a day such as '2027-01-31', got '2027-02-29'",
    ],
  ]

  for (const [title, input, problem] of PROBLEMS) {
    it(`refuses ${title}`, () => {
      expect(problemsOf({ tables: ['projects'], ...input })).to.deep.equal([problem])
    })
  }

  const NO_TABLES =
    "tables: name at least one tenant table, such as { projects: {} } or ['projects']"

  for (const input of [{}, { tables: {} }, { tables: [] }, undefined]) {
    it(`refuses ${JSON.stringify(input)}: no tables, nothing to isolate`, () => {
      expect(problemsOf(input)).to.deep.equal([NO_TABLES])
    })
  }

  for (const input of [null, 5, 'postgres://localhost', ['projects']]) {
    it(`refuses ${JSON.stringify(input)} in the place of a config`, () => {
      expect(problemsOf(input)[0]).to.match(/^config: expected an object, got /)
    })
  }

  it('reports all problems together', () => {
    const input = {
      conection: 'postgres://localhost/app',
      tenant: { column: '', type: 'float' },
      roles: { admin: [5] },
      tables: { projects: { shared: 1 }, 'a.b.c': {} },
      audit: { failOn: 'never' },
    }
    expect(problemsOf(input).map((problem) => problem.split(':')[0])).to.have.members([
      'conection',
      'tenant.column',
      'tenant.type',
      'roles.admin[0]',
      'tables.projects.shared',
      'tables.a.b.c',
      'audit.failOn',
    ])
  })
})

function problemsOf(input: unknown): string[] {
  try {
    parseConfig(input)
  } catch (error) {
    const expected: ErrorCode = 'CONFIG.INVALID'
    if (!isTenancyError(error) || error.code !== expected) throw error
    return error.message.split('\n  ').slice(1)
  }
  return []
}
