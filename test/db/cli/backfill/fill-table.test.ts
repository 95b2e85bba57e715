import { expect } from 'chai'
import type pg from 'pg'
import type { ConfigInput } from '../../../../src/config/config.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../../../support/postgres.ts'
import { type CliRun, runCli } from '../../../support/run-cli.ts'

const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'

// Columns of the table, and their values for n.
const KEYS: Readonly<Record<string, readonly [string, string]>> = {
  'by a key of one column': ['id bigint primary key', 'n'],
  'by a key of two types': [
    'a bigint, b text, primary key (b, a)',
    `n, 'Row, "' || n % 3 || '" \\{'`,
  ],
  'by a key of times that differ by less than a millisecond': [
    'at timestamptz primary key',
    `timestamptz '2026-01-01' + n * interval '1 microsecond'`,
  ],
  'by a key of floating numbers': ['f float8 primary key', 'n / 3.0::float8'],
  'by a key with a collation': [
    'b text collate "C" primary key',
    `case n % 2 when 0 then 'ä' else 'Z' end || n`,
  ],
  'by a key of padded characters': ['b character(8) primary key', 'n'],
  'by a key of a domain': ['id positive primary key', 'n'],
  'by a key of an enumeration': [
    'c colour, n int, primary key (c, n)',
    '(enum_range(null::colour))[1 + n % 3], n',
  ],
  'without a key': ['n int', 'n'],
  'in a partitioned table': ['n int primary key) partition by range (n', 'n'],
  'under names with quotes': ['"Key ""one""" int primary key', 'n'],
}

describe('backfill', () => {
  let database: TestDatabase
  const query = async (sql: string): Promise<pg.QueryResultRow[]> =>
    withClient(database.url, async (client) => (await client.query(sql)).rows)
  const backfill = (tables: ConfigInput['tables'], ...argv: string[]): Promise<CliRun> =>
    runCli(['backfill', ...argv], { connection: database.url, tables })
  const wrong = (table = 'tasks') =>
    query(`
      select t.id from ${table} t left join projects p on p.id = t.project_id
      where t.tenant_id is distinct from p.tenant_id order by t.id`)

  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())
  beforeEach(() =>
    query(`
      drop schema if exists billing cascade;
      drop schema public cascade;
      create schema public;
      grant usage on schema public to public;
      create table projects (id int primary key, tenant_id uuid not null);
      insert into projects values (1, '${A}'), (2, '${B}');
      create table tasks (id int primary key, project_id int not null references projects, tenant_id uuid);
      insert into tasks select n, 1 + n % 2 from generate_series(1, 10) n;
    `),
  )

  describe('gives each row the tenant of its parent, once', () => {
    for (const [title, [columns, values]] of Object.entries(KEYS)) {
      it(title, async () => {
        await query(`
          create domain positive as bigint check (value > 0);
          create type colour as enum ('red', 'green', 'blue');
          create sequence updates;
          create function count_update() returns trigger language plpgsql as $$
            begin perform nextval('updates'); return new; end $$;
          create table "My rows" (project_id int not null references projects, tenant_id uuid, ${columns});
          do $$ begin
            if 'p' = (select relkind from pg_class where oid = '"My rows"'::regclass) then
              create table rows_1 partition of "My rows" for values from (0) to (20);
              create table rows_2 partition of "My rows" for values from (20) to (99);
            end if;
          end $$;
          insert into "My rows" select 1 + n % 2, null, ${values} from generate_series(40, 1, -1) n;
          create trigger counts before update on "My rows"
            for each row execute function count_update();
        `)
        const { code, err } = await backfill(['projects', 'My rows'], '--batch', '7')
        expect({ code, err }).to.deep.equal({ code: 0, err: '' })
        expect(
          await query(`
            select count(*)::int as "rows", (select last_value::int from updates) as "updates"
            from "My rows" t join projects p on p.id = t.project_id
            where t.tenant_id = p.tenant_id`),
        ).to.deep.equal([{ rows: 40, updates: 40 }])
      })
    }
  })

  describe('takes the tenants', () => {
    it('of parents that are filled before, whatever the order of the config', async () => {
      await query(`
        create table notes (id int primary key, task_id int not null references tasks, tenant_id uuid);
        insert into notes select n, n from generate_series(1, 10) n`)
      expect(await backfill(['notes', 'tasks', 'projects'])).to.deep.equal({
        code: 0,
        out: '✔ public.tasks  10 rows filled\n✔ public.notes  10 rows filled\n',
        err: '',
      })
      expect(await wrong()).to.deep.equal([])
      expect(
        await query(
          'select n.id from notes n join tasks t on t.id = task_id where n.tenant_id = t.tenant_id',
        ),
      ).to.have.length(10)
    })

    it('from the config, all the same', async () => {
      expect(await backfill({ tasks: { backfill: { tenant: A } } })).to.have.property('code', 0)
      expect(await query('select distinct tenant_id from tasks')).to.deep.equal([{ tenant_id: A }])
    })

    it('of the rows that the foreign key means, and not of those of an inheritance child', async () => {
      await query(`
        create table archived_projects () inherits (projects);
        insert into archived_projects values (1, '${B}'), (2, '${A}')`)
      const tables = { projects: {}, tasks: { backfill: { parent: 'projects' } } }
      const files = await runCli(['migrate:rls', '--dry-run'], { connection: database.url, tables })
      expect(files.out).to.include('join only public.projects as parent')
      expect(await backfill(tables)).to.have.property('code', 0)
      expect(
        await query(`select t.id from tasks t join only projects p on p.id = project_id
          where t.tenant_id <> p.tenant_id`),
      ).to.deep.equal([])
    })

    it('for the tables that were named, and no other', async () => {
      await query(`
        create schema billing;
        create table billing.tasks (like tasks including all, foreign key (project_id) references projects);
        insert into billing.tasks select * from tasks`)
      const config = { projects: {}, tasks: {}, 'billing.tasks': {} }
      expect(await backfill(config, 'billing.tasks')).to.deep.equal({
        code: 0,
        out: '✔ billing.tasks  10 rows filled\n',
        err: '',
      })
      expect(await wrong('billing.tasks')).to.deep.equal([])
      expect(await query('select from tasks where tenant_id is not null')).to.deep.equal([])
    })
  })

  it('has nothing to do the second time', async () => {
    await backfill(['projects', 'tasks'])
    expect(await backfill(['projects', 'tasks'])).to.deep.equal({
      code: 0,
      out: '✔ public.tasks  0 rows filled\n',
      err: 'Nothing to do: every row has its tenant.\n',
    })
  })

  it('says which tables it passed over', async () => {
    await query(`
      create table labels (id int primary key, tenant_id uuid);
      create table visits (id int, tenant_id uuid) partition by range (id);
      create table visits_1 partition of visits for values from (0) to (9);
      create table templates (id int primary key, tenant_id uuid)`)
    const config = { projects: {}, labels: {}, visits: {}, templates: { shared: true } }
    expect(await backfill(config)).to.deep.equal({
      code: 0,
      out: '',
      err: [
        '· public.labels: where its tenants would come from is not known; it was passed over.',
        '· public.visits: where its tenants would come from is not known; it was passed over.',
        '',
      ].join('\n'),
    })
  })

  it('prints with --dry-run what there is to do, and does not', async () => {
    const { code, out, err } = await backfill(['projects', 'tasks'], '--dry-run')
    expect({ code, out: out.split('\n').slice(0, 6), err }).to.deep.equal({
      code: 0,
      out: [
        '-- public.tasks: 10 rows without a tenant, 10 to be filled now.',
        '-- $1: rows in a batch; $2: the key of the last row of the batch before, absent in the first.',
        'with batch as (',
        '  select child.ctid as place, child.id as key_1, child.project_id as own_1',
        '  from only public.tasks as child',
        '  where child.tenant_id is null',
      ],
      err: 'Nothing was filled.\n',
    })
    expect(await query('select from tasks where tenant_id is not null')).to.deep.equal([])

    const json = JSON.parse((await backfill(['projects', 'tasks'], '--dry-run', '--json')).out)
    const [{ sql, ...table }] = json.tables
    expect(table).to.deep.equal({
      schema: 'public',
      name: 'tasks',
      column: 'tenant_id',
      empty: 10,
      fillable: 10,
      rows: 'select * from only public.tasks where tenant_id is null',
    })
    // The printed statements are those that run.
    await withClient(database.url, async (client) => {
      expect((await client.query(sql.count)).rows).to.deep.equal([{ empty: 10, fillable: 10 }])
      const batch = await client.query(sql.batch, [4, ['3']])
      expect(batch.rows).to.deep.equal([{ seen: 4, filled: 4, key: ['7'] }])
    })
  })

  describe('rows that have no parent', () => {
    beforeEach(() =>
      query(`
        alter table tasks alter project_id drop not null;
        insert into tasks values (11, null), (12, null);
        create table notes (id int primary key, project_id int not null references projects, tenant_id uuid);
        insert into notes values (1, 1)`),
    )
    const config = { projects: {}, tasks: { backfill: { parent: 'projects' } }, notes: {} }

    it('are reported with the query that shows them, when all others are done', async () => {
      expect(await backfill(config, '--batch', '3')).to.deep.equal({
        code: 1,
        out: [
          '✖ public.tasks  10 rows filled',
          '  2 rows left without a tenant: the parent is missing, or has none itself.',
          '  see select * from only public.tasks where tenant_id is null;',
          '✔ public.notes  1 row filled',
          '',
        ].join('\n'),
        err: '',
      })
      expect(await query('select id from only public.tasks where tenant_id is null')).to.deep.equal(
        [{ id: 11 }, { id: 12 }],
      )
    })

    it('are counted in the JSON', async () => {
      const { code, out } = await backfill(config, '--json')
      expect({ code, ...JSON.parse(out) }).to.deep.equal({
        code: 1,
        version: 1,
        tables: [
          {
            schema: 'public',
            name: 'tasks',
            column: 'tenant_id',
            rows: 'select * from only public.tasks where tenant_id is null',

            filled: 10,
            left: 2,
          },
          {
            schema: 'public',
            name: 'notes',
            column: 'tenant_id',
            rows: 'select * from only public.notes where tenant_id is null',

            filled: 1,
            left: 0,
          },
        ],
        passedOver: [],
      })
    })
  })

  describe('fills no row', () => {
    const refused = (...problems: string[]): CliRun => ({
      code: 2,
      out: '',
      err: [
        '✖ These tables cannot be filled; no row was changed.  BACKFILL.REFUSED',
        ...problems.map((problem) => `  ${problem}`),
        '  next Run the migration that adds a missing column first, `migrate:latest --to <migration>`; name an unknown source in the config, { backfill: … }.',
        '',
      ].join('\n'),
    })

    it('when a column is missing, its tables are unknown, or types do not fit, and says all of it', async () => {
      await query(`
        create table notes (id int primary key, project_id int not null references projects);
        create table labels (id int primary key, tenant_id uuid);
        create table loose (id int primary key);
        create table templates (id int primary key, tenant_id uuid);
        create table counts (id int primary key, project_id int not null references projects, tenant_id int);
        create view totals as select tenant_id, count(*) from counts group by 1;
        create policy mine on counts using (tenant_id = 1)`)
      const config = {
        projects: {},
        tasks: {},
        notes: {},
        labels: {},
        loose: {},
        counts: {},
        templates: { shared: true },
      }
      expect(
        await backfill(
          config,

          'notes',
          'labels',
          'loose',
          'templates',
          'counts',
          'tasks',
          'projects',
          'x.y',
        ),
      ).to.deep.equal(
        refused(
          'x.y is no tenant table of the config',
          'public.labels: where its tenants would come from is not known',
          'public.loose has no column tenant_id: where its tenants would come from is not known',
          'public.templates is shared: its rows without a tenant are those of all tenants',
          'public.notes has no column tenant_id yet',
          'public.counts.tenant_id is integer, and public.projects.tenant_id, where its tenants come from, is uuid: alter the type of one of them, without view public.totals, policy mine on public.counts, which use them',
        ),
      )
      expect(await query('select from tasks where tenant_id is not null')).to.deep.equal([])
    })

    const HIDDEN = (problem: string) =>
      new RegExp(
        [
          '^✖ Row security hides rows that `backfill` has to read; no row was filled\\. {2}BACKFILL\\.ROWS_HIDDEN',
          `  ${problem}`,
          '  next Fill before the migration with FORCE runs, as the owner; or with `--url` of a login that is superuser or BYPASSRLS: .*\\bpostgres\\b.*\\.\n$',
        ].join('\n'),
      )
    const asLogin = async (grants: (role: string) => string) => {
      const role = roleName(database.url, 'login')
      await query(`
        do $$ begin
          create role ${role} login password 'secret';
        exception when duplicate_object then null; end $$;
        ${grants(role)}`)
      const url = loginUrl(database.url, role)
      return { role, ...(await backfill(['projects', 'tasks'], '--url', url)) }
    }

    it('when a table is forced, and its owner asks', async () => {
      const { role, code, err } = await asLogin(
        (role) => `
          alter table projects owner to ${role};
          alter table tasks owner to ${role};
          alter table tasks enable row level security, force row level security`,
      )
      expect(code).to.equal(2)
      expect(err).to.match(
        HIDDEN(`public\\.tasks, from ${role}: FORCE binds its owner too \\(${role}\\)`),
      )
    })

    it('when row security hides the parents from somebody else', async () => {
      const { role, code, err } = await asLogin(
        (role) => `
          alter table projects enable row level security;
          create policy everything on projects using (true);
          grant select on projects, tasks to ${role};
          grant update on tasks to ${role}`,
      )
      expect(code).to.equal(2)
      expect(err).to.match(
        HIDDEN(`public\\.projects, from ${role}: it is not its owner \\(postgres\\)`),
      )
    })

    it('when it may not see how far the replicas are', async () => {
      const role = roleName(database.url, 'blind')
      await query(`create role ${role} login password 'secret'`)
      const url = loginUrl(database.url, role)
      expect(await backfill(['projects', 'tasks'], '--url', url, '--max-lag', '1')).to.deep.equal(
        refused('--max-lag: the login is no member of pg_read_all_stats'),
      )
    })

    for (const [option, value, problem] of [
      ['--batch', '0', 'Rows are a whole number from 1 on.'],
      ['--rate', '1.5', 'Rows are a whole number from 1 on.'],
      ['--max-lag', '-1', 'Seconds are a number above 0.'],
    ] as const) {
      it(`with ${option} ${value}`, async () => {
        const { code, err } = await backfill(['projects', 'tasks'], option, value)
        expect({ code, err: err.includes(problem) }).to.deep.equal({ code: 2, err: true })
      })
    }

    it('of a table that is no name of one', async () => {
      const { code, err } = await backfill(['projects', 'tasks'], 'a.b.c')
      expect(code).to.equal(2)
      expect(err).to.include("A table is written as 'table' or 'schema.table'.")
    })
  })

  it('keeps what it filled when a statement fails, and goes on from there', async () => {
    await query(`
      create function fail() returns trigger language plpgsql as $$
        begin if new.id = 6 then raise exception 'not today'; end if; return new; end $$;
      create trigger fails before update on tasks for each row execute function fail()`)
    expect(await backfill(['projects', 'tasks'], '--batch', '4')).to.deep.equal({
      code: 2,
      out: '',
      err: [
        '✖ Filling public.tasks stopped: not today; 4 rows were filled before, and stay filled.  BACKFILL.FAILED',
        '  next Fix the cause and run the same command again; it continues where it stopped.',
        '',
      ].join('\n'),
    })
    await query('drop trigger fails on tasks')
    expect((await backfill(['projects', 'tasks'])).out).to.equal('✔ public.tasks  6 rows filled\n')
    expect(await wrong()).to.deep.equal([])
  })
})
