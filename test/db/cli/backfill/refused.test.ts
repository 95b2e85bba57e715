import { expect } from 'chai'
import { withTasks } from '../../../support/backfill-bench.ts'
import { loginUrl, roleName } from '../../../support/postgres.ts'
import type { CliRun } from '../../../support/run-cli.ts'

describe('backfill', () => {
  const bench = withTasks()
  const { backfill, query } = bench

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
      const role = roleName(bench.url, 'login')
      await query(`
        do $$ begin
          create role ${role} login password 'secret';
        exception when duplicate_object then null; end $$;
        ${grants(role)}`)
      const url = loginUrl(bench.url, role)
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
      const role = roleName(bench.url, 'blind')
      await query(`create role ${role} login password 'secret'`)
      const url = loginUrl(bench.url, role)
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
})
