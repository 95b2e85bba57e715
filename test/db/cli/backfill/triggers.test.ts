import { expect } from 'chai'
import { withTasks } from '../../../support/backfill-bench.ts'
import { loginUrl, roleName, withClient } from '../../../support/postgres.ts'
import { runCli } from '../../../support/run-cli.ts'

const TABLES = { projects: {}, tasks: {} }

describe('triggers that backfill fires', () => {
  const bench = withTasks()
  const { backfill, query } = bench

  beforeEach(() =>
    query(`
      create table log (id int);
      create function note() returns trigger language plpgsql as
        $$ begin insert into log values (new.id); return new; end $$;
      create trigger touch before update on tasks for each row execute function note();
      create trigger "by Tenant" after update of tenant_id on tasks
        for each row execute function note();
      create trigger other after update of project_id on tasks for each row execute function note();
      create trigger made after insert on tasks for each row execute function note();
      create trigger off after update on tasks for each row execute function note();
      alter table tasks disable trigger off, enable always trigger touch`),
  )
  const states = () =>
    query(`select tgname as name, tgenabled as state from pg_trigger
      where tgrelid = 'tasks'::regclass and not tgisinternal order by tgname collate "C"`)
  const STATES = [
    { name: 'by Tenant', state: 'O' },
    { name: 'made', state: 'O' },
    { name: 'off', state: 'D' },
    { name: 'other', state: 'O' },
    { name: 'touch', state: 'A' },
  ]

  it('are named, and fire', async () => {
    const dry = await backfill(TABLES, '--dry-run')
    expect(dry.out.split('\n')[1]).to.equal(
      '-- Fires by Tenant, touch for each row; with --skip-triggers it does not.',
    )
    expect((await backfill(TABLES)).out).to.equal(
      '✔ public.tasks  10 rows filled, each fired by Tenant, touch\n',
    )
    expect(await query('select count(*)::int as n from log')).to.deep.equal([{ n: 20 }])
  })

  it('are left out with --skip-triggers, by a plain owner too, and are on again as they were', async () => {
    const owner = roleName(bench.url, 'plain')
    await query(`
      do $$ begin create role ${owner} login password 'secret';
        exception when duplicate_object then null; end $$;
      grant usage, create on schema public to ${owner};
      alter table tasks owner to ${owner}; alter table projects owner to ${owner};
      alter table log owner to ${owner};
      create table known (id uuid primary key);
      insert into known select tenant_id from projects;
      alter table known owner to ${owner};
      alter table tasks add constraint deferred foreign key (tenant_id) references known
        deferrable initially deferred`)
    const config = { connection: loginUrl(bench.url, owner), tables: TABLES }
    const { code, out, err } = await runCli(
      ['backfill', '--skip-triggers', '--batch', '4', '--json'],
      config,
    )
    expect({ code, err }).to.deep.equal({ code: 0, err: '' })
    expect(JSON.parse(out).tables[0]).to.include({ filled: 10, left: 0 })
    expect(JSON.parse(out).tables[0].skippedTriggers).to.deep.equal(['by Tenant', 'touch'])
    expect(await query('select from log')).to.deep.equal([])
    expect(await states()).to.deep.equal(STATES)
    expect(await bench.wrong()).to.deep.equal([])
  })

  it('and foreign keys, which are no triggers of the user, hold all the same', async () => {
    await query(`create table known (id uuid primary key);
      alter table tasks add foreign key (tenant_id) references known`)
    const { code, err } = await backfill(TABLES, '--skip-triggers')
    expect({ code, states: await states() }).to.deep.equal({ code: 2, states: STATES })
    expect(err)
      .to.match(/BACKFILL\.FAILED/)
      .and.match(/violates foreign key constraint/)
    expect(await query('select from tasks where tenant_id is not null')).to.deep.equal([])
  })

  it('hold back writers for the time of a batch: no row of theirs goes without its triggers', () =>
    withClient(bench.url, async (client) => {
      await client.query('begin; update tasks set project_id = project_id where id = 10')
      const filling = backfill(TABLES, '--skip-triggers')
      // The batch waits for the transaction, and gives up until it is gone.
      await client.query('select pg_sleep(0.8)')
      expect(await query('select from tasks where tenant_id is not null')).to.deep.equal([])
      await client.query('commit')
      expect((await filling).code).to.equal(0)
      expect(await query('select id from log')).to.deep.equal([{ id: 10 }, { id: 10 }])
    }))

  it('need their owner', async () => {
    const login = roleName(bench.url, 'reader')
    await query(`
      do $$ begin create role ${login} login password 'secret';
        exception when duplicate_object then null; end $$;
      grant select, update on tasks, projects to ${login}`)
    const config = { connection: loginUrl(bench.url, login), tables: TABLES }
    const { code, err } = await runCli(['backfill', '--skip-triggers'], config)
    expect({ code, problem: err.split('\n')[1] }).to.deep.equal({
      code: 2,
      problem:
        '  --skip-triggers: only postgres, the owner of public.tasks, may disable "by Tenant", touch',
    })
  })
})
