import { expect } from 'chai'
import { proposedConfig } from '../../../src/init/proposed-config.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { proposalFor, surveyOf } from '../../support/proposals.ts'

const TABLES = `
  create role APP_owner; create role APP_app login;
  grant create, usage on schema public to APP_owner; grant create on database APP to APP_owner;
  set local role APP_owner;
  create table tenants (id uuid primary key);
  create table projects (id int primary key, tenant_id uuid not null references tenants);
  create table tasks (id int primary key, tenant_id uuid not null references tenants);
  create table notes (id int primary key, project_id int not null references projects);
  create table events (tenant_id uuid not null, id int) partition by range (id);
  create table events_1 partition of events for values from (0) to (9);
  grant select, insert on projects, tasks, notes, events to APP_app;`

describe('init: code of the owner', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  async function proposed(sql: string) {
    const proposal = proposalFor(await surveyOf(database, `${TABLES} ${sql}`))
    const { tables, force } = proposedConfig(proposal)
    const { ownerCode = [], policies = [] } = proposal
    return {
      unforced: Object.entries(tables)
        .filter(([, { force }]) => force === false)
        .map(([name]) => name),
      force,
      code: ownerCode.map(({ kind, name, sees }) => `${kind} ${name}: ${sees}`),
      policies,
    }
  }
  const NONE = { unforced: [], force: undefined, code: [], policies: [] }

  it('is none: FORCE is for every table', async () => {
    expect(await proposed('')).to.deep.equal(NONE)
  })

  it('leaves FORCE out of the tables that it reads, of the whole table for a partition', async () => {
    expect(
      await proposed(`
        create materialized view totals as select count(*) from projects;
        create function latest() returns int language sql security definer
          as 'select id from public.events_1';
        create function fill_notes() returns trigger language plpgsql security definer as $$ begin
          perform from public.notes; return null; end $$;
        create trigger filled after insert on tasks for each row execute function fill_notes()`),
    ).to.deep.equal({
      ...NONE,
      unforced: ['events', 'projects', 'notes'],
      code: [
        'trigger filled on public.tasks, by public.fill_notes(): no row',
        'function public.latest(): no row',
        'materialized view public.totals: no row',
      ],
    })
  })

  it('leaves FORCE out of every table where its SQL cannot be read', async () => {
    expect(
      await proposed(`
        create function count_of(name text) returns bigint language plpgsql security definer as $$
          declare n bigint; begin execute 'select count(*) from ' || name into n; return n; end $$`),
    ).to.deep.equal({
      ...NONE,
      force: false,
      code: ['function public.count_of(name text): no row'],
    })
  })

  it('is listed where row security does not reach it, and changes nothing', async () => {
    expect(
      await proposed(`
        reset role;
        create function count_all() returns bigint language sql security definer
          as 'select count(*) from public.projects';
        create materialized view totals as select count(*) from tasks`),
    ).to.deep.equal({
      ...NONE,
      code: [
        'function public.count_all(): every row',
        'materialized view public.totals: every row',
      ],
    })
  })

  it('is no function of other tables, and none of its caller', async () => {
    expect(
      await proposed(`
        create table countries (code text primary key);
        create function codes() returns bigint language sql security definer
          as 'select count(*) from public.countries';
        create function mine() returns bigint language sql as 'select count(*) from public.projects'`),
    ).to.deep.equal(NONE)
  })

  it('is a view, unless the server has views that read as their caller', async () => {
    const sql = 'create view titles as select id from projects'
    const { serverVersion } = (await surveyOf(database, TABLES)).snapshot
    expect(await proposed(sql)).to.deep.equal(
      serverVersion >= 150000
        ? NONE
        : { ...NONE, unforced: ['projects'], code: ['view public.titles: no row'] },
    )
  })

  it('has policies, which are named, but for those of this tool', async () => {
    const { policies } = await proposed(`
      create policy "read all" on projects for select using (true);
      create policy tenant_access on projects using (false);
      comment on policy tenant_access on projects is 'Written by kysely-tenants.';
      create policy own on tasks using (false)`)
    expect(policies).to.deep.equal(['"read all" on public.projects', 'own on public.tasks'])
  })
})
