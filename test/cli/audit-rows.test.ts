import { join } from 'node:path'
import { expect } from 'chai'
import { type AuditReport, audit } from '../../src/audit/audit.ts'
import { readKeyRows } from '../../src/catalog/read-key-rows.ts'
import { inReadOnlyTransaction } from '../../src/catalog/read-only.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'
import { runCli, withProject } from '../support/run-cli.ts'

const TENANT = '00000000-0000-4000-8000-000000000001'
const TABLES = ['projects', 'tasks', 'Sub tasks', 'visits', 'notes', 'base', 'child']

describe('audit --rows', () => {
  let database: TestDatabase
  let url: string
  let role: Readonly<Record<'owner' | 'bypass' | 'blind', string>>
  let config: object

  before(async () => {
    database = await createDatabase()
    url = database.url
    role = {
      owner: roleName(url, 'owner'),
      bypass: roleName(url, 'bypass'),
      blind: roleName(url, 'blind'),
    }
    config = { tables: TABLES, audit: { levels: { 'server-rls-cve': 'off' } } }
    await change(`
      create role ${role.owner} login; create role ${role.bypass} login bypassrls;
      create role ${role.blind} login bypassrls;
      create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
      create table tasks (tenant_id uuid, id int, project int, primary key (tenant_id, id));
      create table "Sub tasks" (tenant_id uuid, id bigint, "Project of" int);
      create table visits (tenant_id uuid, at date, project int) partition by range (at);
      create table visits_all partition of visits default;
      create table notes (tenant_id uuid, project int);
      create table base (tenant_id uuid, project int);
      create table child () inherits (base);
      insert into projects values ('${TENANT}', 1);
      insert into tasks values ('${TENANT}', 1, 1), ('${TENANT}', 2, null), ('${TENANT}', 3, 404);
      insert into "Sub tasks" values ('${TENANT}', 1, 1), ('${TENANT}', 2, 404), (null, 3, 404);
      insert into visits values ('${TENANT}', '2026-01-01', 1), ('${TENANT}', '2026-01-02', 404);
      insert into notes values (null, null), ('${TENANT}', 1), (null, 1), ('${TENANT}', null);
      insert into child values ('${TENANT}', 404);
    `)
    for (const table of [...TABLES, 'visits_all']) {
      await change(`
        alter table "${table}" owner to ${role.owner};
        alter table "${table}" enable row level security, force row level security;
        grant select on "${table}" to ${role.bypass}`)
    }
    // The owner sees none of these rows, and so PostgreSQL finds them all right.
    const key = (column: string, more = '') =>
      `foreign key (tenant_id, ${column}) references projects (tenant_id, id) ${more}`
    await change(`
      set role ${role.owner};
      alter table tasks add constraint tasks_project ${key('project')};
      alter table "Sub tasks" add constraint "Sub key" ${key('"Project of"')};
      alter table visits add constraint visits_project ${key('project')};
      alter table notes add constraint notes_project ${key('project', 'match full')};
      alter table base add constraint base_project ${key('project')};
      alter table tasks add constraint unproven ${key('id')} not valid`)
  })
  after(() => database.drop())

  const change = (sql: string) => withClient(url, (client) => client.query(sql))
  const run = async (login: string, ...argv: string[]): Promise<AuditReport> =>
    JSON.parse((await runCli(['audit', '--url', login, '--json', ...argv], config)).out)
  const ofRows = <T extends { readonly check: string }>(list: readonly T[]): T[] =>
    list.filter(({ check }) => check === 'fk-validated-under-force')
  const found = ({ findings }: AuditReport) =>
    ofRows(findings).map(({ level, object, summary }) => `${level} ${object}: ${summary}`)

  const BROKEN = [
    'critical public."Sub tasks": 1 row breaks foreign key Sub key: they refer to no row of public.projects.',
    'critical public.notes: 2 rows break foreign key notes_project: they refer to no row of public.projects.',
    'critical public.tasks: 1 row breaks foreign key tasks_project: they refer to no row of public.projects.',
    'critical public.visits: 1 row breaks foreign key visits_project: they refer to no row of public.projects.',
  ]
  const KEYS = [
    'public."Sub tasks": foreign key Sub key',
    'public.base: foreign key base_project',
    'public.notes: foreign key notes_project',
    'public.tasks: foreign key tasks_project',
    'public.visits: foreign key visits_project',
  ]

  it('is not made without being asked for, nor counted', async () => {
    const [without, asked] = [await run(url), await run(url, '--rows')]
    expect(found(without)).to.deep.equal([])
    expect(asked.checks).to.equal(without.checks + 1)
  })

  it('finds what an owner under FORCE called valid: composite, quoted, partitioned, MATCH FULL', async () => {
    const asked = await run(url, '--rows')
    expect(found(asked)).to.deep.equal(BROKEN)
    expect(ofRows(asked.inconclusive)).to.deep.equal([])
    expect((await runCli(['audit', '--url', url, '--rows'], config)).code).to.equal(1)
  })

  it('finds the same with BYPASSRLS, and with an owner without FORCE', async () => {
    expect(found(await run(loginUrl(url, role.bypass), '--rows'))).to.deep.equal(BROKEN)
    const force = (how: string) =>
      change([...TABLES, 'visits_all'].map((t) => alter(t, `${how} row level security`)).join(';'))
    await force('no force')
    try {
      expect(found(await run(loginUrl(url, role.owner), '--rows'))).to.deep.equal(BROKEN)
    } finally {
      await force('force')
    }
  })

  for (const [who, login] of [
    ['an owner under FORCE', 'owner'],
    ['BYPASSRLS without a privilege', 'blind'],
  ] as const) {
    it(`P12 ${who} cannot look, which is not clean`, async () => {
      const asked = await run(loginUrl(url, role[login]), '--rows')
      expect(found(asked)).to.deep.equal([])
      expect(ofRows(asked.inconclusive).map(({ reason }) => reason)).to.deep.equal(
        KEYS.map(
          (key) => `${key}: the login may not see all rows of it: a superuser may, or BYPASSRLS`,
        ),
      )
    })
  }

  it('P12 a table that is locked is not waited for for ever, and the others are counted', () =>
    withClient(url, async (locker) => {
      await locker.query('begin; lock table tasks in access exclusive mode')
      const rows = await withClient(url, (client) =>
        inReadOnlyTransaction(client, () =>
          readKeyRows(client, [
            { schema: 'public', name: 'tasks' },
            { schema: 'public', name: 'visits' },
          ]),
        ),
      )
      expect(rows.map(({ key, broken, doubt }) => ({ key, broken, doubt }))).to.deep.equal([
        {
          key: 'tasks_project',
          broken: null,
          doubt: 'its rows could not be counted: canceling statement due to lock timeout',
        },
        { key: 'visits_project', broken: 1, doubt: null },
      ])
      await locker.query('rollback')
    }))

  it('prints a query that shows the rows, and no row', async () => {
    const [finding] = ofRows((await run(url, '--rows')).findings)
    const query = /^-- (select .*)$/m.exec(finding?.fix ?? '')?.[1] ?? 'no query'
    const { rows } = await change(query)
    expect(rows).to.deep.equal([{ tenant_id: TENANT, id: '2', 'Project of': 404 }])
    expect(JSON.stringify(finding)).not.to.include('404').and.not.to.include(TENANT)
  })

  it('is kept in a snapshot, which holds how many and not which', () =>
    withProject(config, async ({ folder, run }) => {
      const file = join(folder, 'kept.json')
      await run('audit', '--url', url, '--rows', '--snapshot', file)
      const { out } = await run('audit', '--from', file, '--json')
      expect(found(JSON.parse(out))).to.deep.equal(BROKEN)
      const { code } = await run('audit', '--from', file, '--rows')
      expect(code).to.equal(2)
    }))

  it('is `{ rows: true }` in code, and leaves the session as it was', () =>
    withClient(url, async (client) => {
      const report = await audit(client, parseConfig(config), { rows: true })
      expect(found(report)).to.deep.equal(BROKEN)
      const { rows } = await client.query(
        `select current_setting('row_security') as rows, current_setting('lock_timeout') as lock`,
      )
      expect(rows).to.deep.equal([{ rows: 'on', lock: '0' }])
    }))
})

function alter(table: string, what: string): string {
  return `alter table "${table}" ${what}`
}
