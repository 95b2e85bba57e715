import { expect } from 'chai'
import type { AuditReport } from '../../src/audit/audit.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { useAuditedDatabase } from '../support/audited-database.ts'
import { loginUrl, roleName } from '../support/postgres.ts'
import { runCli } from '../support/run-cli.ts'

const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`

/** The name of a table, a policy and a schema: four bytes a character, quotes, markup, a line break. */
const ODD = `🐘 "it's" <b>\n\`;--`

// P12: an unusual object never looks like a clean one.
describe('audit of a strange database', () => {
  const database = useAuditedDatabase()
  const audit = (input: ConfigInput = database.config, ...argv: string[]) =>
    runCli(['audit', '--url', database.url, ...argv], input)
  const report = async (input: ConfigInput = database.config): Promise<AuditReport> =>
    JSON.parse((await audit(input, '--json')).out)

  it('says the same to a login that may see nothing of the schema', async () => {
    const outsider = roleName(database.url, 'outsider')
    await database.change(
      `create role ${outsider} login; revoke usage on schema public from public`,
    )
    await database.change('alter policy tenant_isolation on tasks using (true)')
    try {
      const known = await report()
      const { out } = await runCli(
        ['audit', '--url', loginUrl(database.url, outsider), '--json'],
        database.config,
      )
      expect(known.findings).to.have.lengthOf.at.least(2)
      expect(JSON.parse(out)).to.deep.equal(known)
    } finally {
      await database.change(`grant usage on schema public to public; drop role ${outsider}`)
      await applyPlan(database.url, database.config)
    }
  })

  describe('a policy as nobody has seen one', () => {
    const EXPRESSIONS = [
      `tags @? '$.a[*] ? (@.b == "it''s (unbalanced")'`,
      `(select bool_or(x) from unnest(array[${OWN}, false]) x)`,
      `case when ${OWN} then true else tags ? 'AND' end`,
      `(tenant_id, id) = any (select p.tenant_id, p.id from public.projects p)`,
      `${OWN} or tags ->> E'\\'\\\\ AND (' is not null`,
      `exists (with w as (select 1 as one) select from w where one = id) and ${OWN} is not false`,
      `(tags operator(pg_catalog.->>) 'x' collate "C") ~ '^\\s*\\('`,
      `tenant_id::text like '%' escape '!' and xmin is not null`,
      `coalesce(${OWN}, current_date between date '2026-01-01' and 'infinity')`,
    ]
    for (const expression of EXPRESSIONS) {
      it(`is never isolated without its floor: ${expression.slice(0, 60)}`, async () => {
        await database.change(`
          drop policy tenant_isolation on tasks;
          create policy strange on tasks for select using (${expression})`)
        try {
          for (const format of ['human', 'json', 'sarif', 'github', 'markdown', 'html']) {
            const { code, err } = await audit(database.config, '--format', format)
            expect({ code, err }).to.deep.equal({ code: 1, err: '' })
          }
          const row = (await report()).matrix.find(({ table }) => table === 'public.tasks')
          expect(row?.select).to.be.oneOf(['unknown', 'hole'])
        } finally {
          await database.change('drop policy strange on tasks')
          await applyPlan(database.url, database.config)
        }
      })
    }
  })

  it('shows odd names as they are, in every format', async () => {
    const name = `"${ODD.replaceAll('"', '""')}"`
    await database.change(`
      create schema ${name};
      create table ${name}.${name} (tenant_id uuid, id int, primary key (tenant_id, id));
      create policy ${name} on ${name}.${name} using (true);
      grant usage on schema ${name} to ${database.app};
      grant select on ${name}.${name} to ${database.app};
    `)
    try {
      const odd = { ...database.config, tables: { [`${name}.${name}`]: {} } }
      await applyPlan(database.url, odd)
      const { findings, matrix } = await report(odd)
      expect(findings.map(({ check, object }) => [check, object])).to.deep.include([
        'policy-ignores-tenant-column',
        `${name}.${name}`,
      ])
      expect(matrix.map(({ table }) => table)).to.deep.equal([`${name}.${name}`])
      const html = (await audit(odd, '--format', 'html')).out
      expect(html)
        .to.include('🐘 &quot;&quot;it&#39;s&quot;&quot; &lt;b&gt;')
        .and.not.include('<b>')
      const sarif = (await audit(odd, '--format', 'sarif')).out
      expect(sarif).to.include(`"fullyQualifiedName": ${JSON.stringify(`${name}.${name}`)}`)
    } finally {
      await database.change(`drop schema ${name} cascade`)
    }
  })

  it('prints fixes that run, whatever roles, functions and triggers are called', async () => {
    const name = `"${ODD.replaceAll('"', '""')}"`
    const admin = roleName(database.url, ODD)
    const role = `"${admin.replaceAll('"', '""')}"`
    await database.change(`
      create role ${role}; create schema ${name}; grant usage on schema ${name} to ${database.app};
      create function ${name}.${name}(${name} text) returns bigint language sql security definer
        as 'select count(*) from public.tasks';
      create function ${name}.on_row() returns trigger language plpgsql security definer
        as 'begin update public.tasks set id = 1; return null; end';
      create table ${name}.${name} (${name} text); grant select, insert on ${name}.${name} to ${database.app};
      create trigger ${name} after insert on ${name}.${name} for each row execute function ${name}.on_row();
      create rule ${name} as on insert to ${name}.${name} do also update public.tasks set id = 2;
      create policy ${name} on tasks to ${role} using (true) with check (true);
      grant select, truncate on tasks to ${role}; grant ${role} to ${database.app}`)
    try {
      const { findings } = await report()
      expect(findings.map(({ check }) => check)).to.include.members([
        'app-role-can-set-role',
        'function-search-path-mutable',
        'function-security-definer',
        'rule-reaches-tenants',
        'trigger-security-definer',
      ])
      // A line break in a name must not end the comment that it stands in.
      for (const { fix } of findings) await database.change(fix ?? '')
      const left = (await report()).findings.map(({ check }) => check)
      expect(left).not.to.include.members(['app-role-can-set-role', 'function-search-path-mutable'])
      const road = await runCli(
        ['explain', '--road', 'tasks', '--url', database.url],
        database.config,
      )
      expect({ code: road.code, err: road.err }).to.deep.equal({ code: 0, err: '' })
      expect(road.out).to.include(`executes ${name}.${name}(${name} text), security definer`)
    } finally {
      await database.change(`drop policy if exists ${name} on tasks; drop schema ${name} cascade;
        drop owned by ${role}; drop role ${role}`)
      await applyPlan(database.url, database.config)
    }
  })

  it('ends where views and functions go in a circle, and says which language it does not read', async () => {
    await database.change(`
      create view ring_a as select 1 as id; create view ring_b as select * from ring_a;
      create or replace view ring_a as select id from ring_b; grant select on ring_a to ${database.app};
      create function ping(int) returns int language plpgsql security definer as 'begin return public.pong($1); end';
      create function pong(int) returns int language plpgsql security definer as 'begin return public.ping($1); end';
      create language strange handler plpgsql_call_handler;
      create function riddle() returns int language strange security definer as 'begin return 1; end'`)
    try {
      const { findings } = await report()
      const said = findings.filter(({ object }) => object === 'public.riddle()')
      expect(said.map(({ check }) => check)).to.include('function-security-definer')
      expect(said.map(({ summary }) => summary).join('\n')).to.include('strange')
    } finally {
      await database.change(`drop view ring_a, ring_b; drop function ping(int); drop function pong(int);
        drop function riddle(); drop language strange`)
    }
  })

  it('says what happens to the row security of a table that an extension owns', async () => {
    await database.change('alter extension plpgsql add table tasks')
    try {
      const { findings } = await report()
      expect(findings.map(({ check, object }) => [check, object])).to.deep.equal([
        ['extension-owned-table', 'public.tasks'],
      ])
    } finally {
      await database.change('alter extension plpgsql drop table tasks')
    }
  })
})
