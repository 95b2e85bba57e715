import { expect } from 'chai'
import { type AuditReport, audit } from '../../src/audit/audit.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import { createDatabase, type TestDatabase, withClient } from '../support/postgres.ts'
import { runCli } from '../support/run-cli.ts'

describe('audit of tenant columns of another type', () => {
  let database: TestDatabase

  beforeEach(async () => {
    database = await createDatabase()
    await change(`
      create domain public.org as uuid;
      create table public.projects (id int primary key, tenant_id public.org not null);
      create table public.notes (tenant_id text not null, "Text" text);
      insert into public.notes values ('11111111-1111-4111-8111-111111111111', 'mine');
      alter table public.notes enable row level security;
      create table public.prices (tenant_id numeric not null default 7, id int);
      insert into public.prices values (7.00, 1);
      create view public.price_list as select id from public.prices;
      create policy by_hand on public.prices using (tenant_id > 0);
      create table public."Visits" (tenant_id text not null, at date) partition by range (at);
      create table public.visits_old partition of public."Visits" default;
      create policy tenant_access on public.visits_old
        using (tenant_id = current_setting('app.tenant_id', true));
    `)
  })
  afterEach(() => database.drop())

  const change = (sql: string) => withClient(database.url, (client) => client.query(sql))
  const report = (config: ConfigInput): Promise<AuditReport> =>
    withClient(database.url, (client) => audit(client, parseConfig(config)))
  const typed = ({ findings }: AuditReport) =>
    findings
      .filter(({ check }) => check === 'tenant-column-type')
      .map(({ level, object, summary }) => ({ level, object, summary }))
  const fixOf = ({ findings }: AuditReport, table: string) =>
    findings.find(({ check, object }) => check === 'tenant-column-type' && object === table)?.fix

  it('finds them, and goes on with the same and with other tables', async () => {
    const config = { tenant: { type: 'uuid' }, tables: ['projects', 'notes', 'prices'] } as const
    const found = await report(config)
    expect(typed(found)).to.deep.equal([
      { level: 'high', object: 'public.notes', summary: 'tenant_id is text, not uuid.' },
      { level: 'high', object: 'public.prices', summary: 'tenant_id is numeric, not uuid.' },
    ])
    const others = found.findings.filter(({ check }) => check === 'rls-disabled')
    expect(others.map(({ object }) => object)).to.deep.equal(['public.prices', 'public.projects'])
    expect(found.findings.map((f) => `${f.check} ${f.object}`)).to.include(
      'rls-no-policy public.notes',
    )

    const { code, err } = await runCli(['audit', '--url', database.url], config)
    expect({ code, err }).to.deep.equal({ code: 1, err: '' })
  })

  it('prints a fix that runs on rows, on partitions and on quoted names', async () => {
    const config = { tenant: { type: 'uuid' }, tables: ['notes', 'Visits'] } as const
    const before = await report(config)
    for (const table of ['public.notes', 'public."Visits"']) {
      await change(fixOf(before, table) ?? 'no fix')
    }
    expect(typed(await report(config))).to.deep.equal([])
    const { rows } = await change('select tenant_id::text from public.notes')
    expect(rows).to.deep.equal([{ tenant_id: '11111111-1111-4111-8111-111111111111' }])
  })

  it('names what has to go first, and never rounds one tenant to another', async () => {
    const config = { tenant: { type: 'integer' }, tables: ['prices'] } as const
    const fix = fixOf(await report(config), 'public.prices') ?? 'no fix'
    expect(fix).to.equal(
      [
        '-- First: drop view public.price_list, and make it again.',
        '-- First: drop policy by_hand on public.prices, and write it for the new type.',
        'alter table public.prices alter column tenant_id drop default;',
        'alter table public.prices alter column tenant_id type integer using pg_catalog.trim_scale(tenant_id)::text::integer;',
        "alter table public.prices alter column tenant_id set default nullif(current_setting('app.tenant_id', true), '')::integer",
      ].join('\n'),
    )
    await change('drop view public.price_list; drop policy by_hand on public.prices')
    await change('insert into public.prices values (1.5, 2)')
    const rounded = await change(fix).then(
      () => 'was rounded',
      ({ code }: { code: string }) => code,
    )
    expect(rounded).to.equal('22P02')
    await change('delete from public.prices where id = 2')
    await change(fix)
    const { rows } = await change('select tenant_id from public.prices')
    expect(rows).to.deep.equal([{ tenant_id: 7 }])
  })

  it('names keys, partitions and policies elsewhere, and runs when they are out of the way', async () => {
    await change(`
      create table public.tenants (id text primary key default gen_random_uuid()::text);
      create table public.members (tenant_id text not null references public.tenants, id int);
      insert into public.tenants values ('11111111-1111-4111-8111-111111111111');
      insert into public.members values ('11111111-1111-4111-8111-111111111111', 1);
      create policy looks on public.projects
        using (exists (select from public.members m where m.tenant_id = 'x'));
      create table public.shards (tenant_id text not null) partition by list (tenant_id);`)
    const config: ConfigInput = {
      tenant: { type: 'uuid' },
      tables: { tenants: { column: 'id' }, members: {}, shards: {}, projects: {} },
    }
    const found = await report(config)
    const firstOf = (table: string) =>
      (fixOf(found, table) ?? '').split('\n').filter((line) => line.startsWith('-- '))
    const key =
      '-- First: drop constraint members_tenant_id_fkey on public.members, and add it when both sides have the new type.'
    expect(firstOf('public.tenants')).to.deep.equal([key])
    expect(firstOf('public.members')).to.deep.equal([
      '-- First: drop policy looks on public.projects, and write it for the new type.',
      key,
    ])
    expect(firstOf('public.shards')).to.deep.equal([
      '-- First: make public.shards anew: it is partitioned by tenant_id.',
    ])

    await change(`
      alter table public.members drop constraint members_tenant_id_fkey;
      drop policy looks on public.projects; drop table public.shards`)
    for (const table of ['public.tenants', 'public.members']) {
      await change(fixOf(found, table) ?? 'no fix')
    }
    // Its own ids are made as before.
    await change(`
      alter table public.members add foreign key (tenant_id) references public.tenants;
      insert into public.tenants default values`)
    const left = await report({ ...config, tables: { tenants: { column: 'id' }, members: {} } })
    expect(typed(left)).to.deep.equal([])
  })

  it('takes the type of the other tables where the config names none', async () => {
    expect(typed(await report({ tables: ['projects', 'prices'] }))).to.deep.equal([
      { level: 'high', object: 'public.prices', summary: 'tenant_id is numeric, not uuid.' },
    ])
    const alone = await report({ tables: ['projects', 'notes', 'prices'] })
    expect(typed(alone)).to.deep.equal([
      {
        level: 'high',
        object: 'public.prices',
        summary: 'tenant_id is numeric, which no tenant is.',
      },
    ])
    expect(fixOf(alone, 'public.prices')).to.equal(
      '-- Say which type the tenant has: `tenant.type` in the config.',
    )
  })
})
