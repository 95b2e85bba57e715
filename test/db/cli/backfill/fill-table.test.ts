import { expect } from 'chai'
import { A, B, withTasks } from '../../../support/backfill-bench.ts'
import { runCli } from '../../../support/run-cli.ts'

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
  const bench = withTasks()
  const { backfill, query, wrong } = bench

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
      const files = await runCli(['migrate:rls', '--dry-run'], { connection: bench.url, tables })
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
