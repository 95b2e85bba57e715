import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect } from 'chai'
import {
  compareSnapshots,
  loadSnapshot,
  saveSnapshot,
  takeSnapshot,
} from '../../src/audit/audit.ts'
import { applyPlan } from '../support/apply-plan.ts'
import {
  createDatabase,
  describeOnOwnServer,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'
import { withProject } from '../support/run-cli.ts'

describeOnOwnServer('audit --against', () => {
  let database: TestDatabase
  let url: string
  let config: { roles: { app: string }; tables: string[] }

  beforeEach(async () => {
    database = await createDatabase()
    url = database.url
    config = { roles: { app: roleName(url, 'app') }, tables: ['projects'] }
    await withClient(url, (client) =>
      client.query(`
        create role ${config.roles.app} login;
        create table projects (tenant_id uuid, id int, name text, primary key (tenant_id, id));
        grant select, insert on projects to ${config.roles.app};
      `),
    )
    await applyPlan(url, config)
  })
  afterEach(() => database.drop())

  const change = (sql: string) => withClient(url, (client) => client.query(sql))

  it('says so and exits 0 when nothing changed', () =>
    withProject(config, async ({ run }) => {
      await run('audit', '--url', url, '--snapshot', 'before.json')
      expect(await run('audit', '--url', url, '--against', 'before.json')).to.deep.equal({
        code: 0,
        out: '✔ Nothing changed since before.json.\n',
        err: '',
      })
    }))

  it('exits 0 when nobody can see or write more', () =>
    withProject(config, async ({ run }) => {
      await run('audit', '--url', url, '--snapshot', 'before.json')
      await change(`revoke insert on projects from ${config.roles.app};
        alter table projects add note text`)
      expect(await run('audit', '--url', url, '--against', 'before.json')).to.deep.equal({
        code: 0,
        out: [
          'public.projects',
          `  NARROWS  INSERT of ${config.roles.app} is gone`,
          '  SAFE     column note is new',
          '',
          '✔ 2 changes since before.json: 1 NARROWS, 1 SAFE.',
          '',
        ].join('\n'),
        err: '',
      })
    }))

  for (const [judgement, sql] of [
    ['WIDENS', 'grant truncate on projects to public'],
    ['UNKNOWN', 'create rule r as on delete to projects do instead nothing'],
  ] as const) {
    it(`exits 1 when a change is ${judgement}, and prints it in each format`, () =>
      withProject(config, async ({ run }) => {
        await run('audit', '--url', url, '--snapshot', 'before.json')
        await change(sql)
        const against = (...argv: string[]) =>
          run('audit', '--url', url, '--against', 'before.json', ...argv)
        const [human, json, markdown] = [
          await against(),
          await against('--json'),
          await against('--format', 'markdown'),
        ]

        expect([human.code, json.code, markdown.code]).to.deep.equal([1, 1, 1])
        expect(violations(json.out)).to.deep.equal([])
        // The schema refuses another version, an unknown judgement and an additional field.
        for (const [text, other] of [
          ['"version": 1', '"version": 2'],
          [`"${judgement}"`, '"OPENS"'],
          ['"against"', '"since"'],
        ] as const) {
          expect(violations(json.out.replace(text, other)), other).not.to.deep.equal([])
        }
        const { changes, ...rest } = JSON.parse(json.out)
        expect(rest).to.deep.equal({
          version: 1,
          database: database.name,
          against: 'before.json',
        })
        expect(changes).to.have.lengthOf(1)
        const [{ summary }] = changes
        expect(changes).to.deep.equal([{ judgement, object: 'public.projects', summary }])
        expect(human.out).to.equal(
          `public.projects\n  ${judgement.padEnd(7)}  ${summary}\n\n✖ 1 change since before.json: 1 ${judgement}.\n`,
        )
        expect(markdown.out.split('\n').slice(0, 6)).to.deep.equal([
          `## Changes of \`${database.name}\``,
          '',
          `**1 change since before.json: 1 ${judgement}.**`,
          '',
          '| judgement | object | change |',
          '| --- | --- | --- |',
        ])
        expect(markdown.out).to.include(`| ${judgement} | \`public.projects\` | `)
      }))
  }

  it('is the same in code, with files of either', () =>
    withProject(config, async ({ folder, run }) => {
      const [cli, code] = [join(folder, 'cli.json'), join(folder, 'code.json')]
      await run('audit', '--url', url, '--snapshot', cli)
      await change('grant truncate on projects to public')
      const after = await withClient(url, (client) => takeSnapshot(client, config))
      const changes = compareSnapshots(loadSnapshot(cli, config), after, config)
      expect(changes).to.deep.equal([
        { judgement: 'WIDENS', object: 'public.projects', summary: 'TRUNCATE of public is new' },
      ])
      saveSnapshot(code, config, after)
      expect(loadSnapshot(code, config)).to.deep.equal(JSON.parse(JSON.stringify(after)))
      const { out } = await run('audit', '--from', code, '--against', cli, '--json')
      expect(JSON.parse(out).changes).to.deep.equal(changes)

      const other = { ...config, schemas: ['billing'] }
      expect(() => loadSnapshot(code, other))
        .to.throw()
        .with.property('code', 'SNAPSHOT.OTHER_CONFIG')
    }))

  it('compares two files without a database', () =>
    withProject(config, async ({ run }) => {
      await run('audit', '--url', url, '--snapshot', 'before.json')
      await change('alter table projects disable row level security')
      await run('audit', '--url', url, '--snapshot', 'after.json')
      const { code, out } = await run('audit', '--from', 'after.json', '--against', 'before.json')
      expect(code).to.equal(1)
      expect(out).to.include('  WIDENS   rls enabled: true → false\n')
    }))

  it('may save what was read over the file that it was compared with', () =>
    withProject(config, async ({ run }) => {
      await run('audit', '--url', url, '--snapshot', 'state.json')
      await change('alter table projects disable row level security')
      const both = ['--against', 'state.json', '--snapshot', 'state.json']
      const codes = [
        (await run('audit', '--url', url, ...both)).code,
        (await run('audit', '--url', url, ...both)).code,
      ]
      expect(codes).to.deep.equal([1, 0])
    }))

  it('exits 2 for a format, a level and a file that do not fit', () =>
    withProject(config, async ({ run }) => {
      await run('audit', '--url', url, '--snapshot', 'before.json')
      const sarif = await run(
        'audit',
        '--url',
        url,
        '--against',
        'before.json',
        '--format',
        'sarif',
      )
      const level = await run('audit', '--url', url, '--against', 'before.json', '--fail-on', 'low')
      const file = await run('audit', '--url', url, '--against', 'after.json')

      expect([sarif, level, file].map(({ code, out }) => ({ code, out }))).to.deep.equal([
        { code: 2, out: '' },
        { code: 2, out: '' },
        { code: 2, out: '' },
      ])
      expect(sarif.err).to.include('✖ --against is printed as human, json, markdown\n')
      expect(level.err).to.match(/--against <file>.* cannot be used with .*--fail-on <level>/)
      expect(file.err).to.include('SNAPSHOT.UNREADABLE')
    }))
})

/** The errors of the schema, with additional fields forbidden. */
function violations(json: string) {
  const url = new URL('../../schemas/audit-comparison.schema.json', import.meta.url)
  const schema = JSON.parse(readFileSync(url, 'utf8'), (_, value) =>
    value?.type === 'object' ? { ...value, additionalProperties: false } : value,
  )
  const validate = new Ajv().compile(schema)
  validate(JSON.parse(json))
  return validate.errors ?? []
}
