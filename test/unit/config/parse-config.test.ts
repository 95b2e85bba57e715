import { expect } from 'chai'
import { defineConfig } from '../../../src/config/config.ts'
import { ensureParsed, parseConfig } from '../../../src/config/parse-config.ts'
import { FULL, RIGHT_CONFIGS, WAIVER } from '../../support/config-cases/right-configs.ts'
import { WRONG_CONFIGS } from '../../support/config-cases/wrong-configs.ts'
import { configProblems } from '../../support/config-problems.ts'

const DEFAULTS = {
  connection: undefined,
  column: 'tenant_id',
  type: undefined,
  setting: 'app.tenant_id',
  roles: { app: [], admin: [], owner: [] },
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
      force: true,
    },
  ],
  global: [],
  lookups: [],
  migrations: { folder: undefined, format: 'ts', with: [] },
  audit: { failOn: 'high', levels: {}, waivers: [], appConnection: undefined },
}

describe('parseConfig', () => {
  it('fills in every default', () => {
    expect(parseConfig({ tables: { projects: {} } })).to.deep.equal(DEFAULTS)
  })

  it('reads a list of tables like a record of tables without options', () => {
    expect(parseConfig({ tables: ['projects'] })).to.deep.equal(DEFAULTS)
  })

  it('takes every key', () => {
    const table = {
      schema: undefined,
      column: 'org_id',
      shared: false,
      access: 'full',
      backfill: undefined,
      globalKeys: [],
      force: false,
    }
    expect(parseConfig(defineConfig(FULL))).to.deep.equal({
      connection: 'postgres://localhost/app',
      column: 'org_id',
      type: 'bigint',
      setting: 'my_app.org',
      roles: { app: ['app_user'], admin: ['app_admin', 'support'], owner: [] },
      schemas: ['public', 'crm'],
      tables: [
        { ...table, name: 'projects', globalKeys: ['projects_slug_key'] },
        { ...table, schema: 'billing', name: 'invoices', column: 'account' },
        { ...table, name: 'templates', shared: true },
        { ...table, name: 'comments', access: 'boundary', force: true },
        { ...table, name: 'tasks', backfill: { parent: { schema: 'crm', name: 'projects' } } },
        { ...table, name: 'settings', backfill: { tenant: 'acme' } },
      ],
      global: [
        { schema: undefined, name: 'countries' },
        { schema: 'audit', name: 'log' },
      ],
      lookups: [],
      migrations: { folder: 'db/migrations', format: 'knex-ts', with: ['views', 'grants'] },
      audit: {
        failOn: 'low',
        levels: { 'rls-not-forced': 'info', 'temp-privilege': 'off' },
        waivers: [WAIVER],
        appConnection: 'postgres://app@localhost/app',
      },
    })
  })

  it('takes owners that see every tenant', () => {
    const roles = { app: 'app_user', owner: ['app_owner', 'old_owner'] }
    expect(parseConfig({ roles, tables: ['projects'] }).roles).to.deep.equal({
      app: ['app_user'],
      admin: [],
      owner: ['app_owner', 'old_owner'],
    })
  })

  it('hands the options of a pg client through', () => {
    const connection = { host: 'localhost', port: 5433 }
    expect(parseConfig({ connection, tables: ['projects'] }).connection).to.equal(connection)
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

  for (const { title, input } of RIGHT_CONFIGS) {
    it(`accepts ${title}`, () => {
      expect(configProblems(() => parseConfig(input))).to.deep.equal([])
    })
  }

  for (const { title, input, problems } of WRONG_CONFIGS) {
    it(`refuses ${title}`, () => {
      expect(configProblems(() => parseConfig(input))).to.deep.equal(problems)
    })
  }

  it('reports all problems together', () => {
    const input = {
      conection: 'postgres://localhost/app',
      tenant: { column: '', type: 'float' },
      roles: { app: 'a', admin: ['a', 5] },
      tables: { projects: { shared: 1 }, 'a.b.c': { column: 5 } },
      audit: { failOn: 'never' },
    }
    const problems = configProblems(() => parseConfig(input))
    expect(problems.map((problem) => problem.split(':')[0])).to.have.members([
      'conection',
      'tenant.column',
      'tenant.type',
      'roles.admin',
      'roles.admin[1]',
      'tables.projects.shared',
      'tables.a.b.c',
      'tables.a.b.c.column',
      'audit.failOn',
    ])
  })

  it('says the kind of a value that cannot be shown', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic.self = cyclic
    const said = (value: unknown) =>
      configProblems(() => parseConfig({ tenant: { column: value }, tables: ['projects'] }))[0]
    const start = 'tenant.column: expected a non-empty string, got'
    expect([cyclic, 7n, Symbol('a'), () => 'a', new Date(0), Number.NaN].map(said)).to.deep.equal([
      `${start} an object`,
      `${start} 7n`,
      `${start} a symbol`,
      `${start} a function`,
      `${start} a Date`,
      `${start} NaN`,
    ])
  })

  it('cuts a value that is too long to be read', () => {
    const [problem] = configProblems(() => parseConfig({ tables: [Array(500).fill('x')] }))
    expect(problem).to.have.lengthOf.below(300)
    expect(problem).to.match(/^tables\[0\]: expected a non-empty string, got \["x",.*…$/)
  })

  it('reads a hole in a list like a variable that is not set', () => {
    const problems = configProblems(() => parseConfig({ tables: Array(1) }))
    expect(problems).to.deep.equal(['tables[0]: expected a non-empty string, got null'])
  })

  it('does not look at inherited keys', () => {
    const input = Object.create({ tables: ['projects'] })
    expect(configProblems(() => parseConfig(input))).to.have.lengthOf(1)
  })
})

describe('ensureParsed', () => {
  it('parses a config of the user, and hands a parsed one through', () => {
    const config = ensureParsed({ tables: ['projects'] })
    expect(config).to.deep.equal(DEFAULTS)
    expect(ensureParsed(config)).to.equal(config)
  })

  it('parses a copy of a parsed config: what was changed in it is not known', () => {
    const copy = { ...ensureParsed({ tables: ['projects'] }), tables: [] }
    expect(configProblems(() => ensureParsed(copy))).not.to.deep.equal([])
  })
})
