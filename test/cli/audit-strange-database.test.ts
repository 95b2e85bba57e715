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
