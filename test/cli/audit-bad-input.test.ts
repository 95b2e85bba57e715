import { expect } from 'chai'
import { type AuditReport, auditSnapshot, takeSnapshot } from '../../src/audit/audit.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { type Rule, startFaultProxy } from '../support/fault-proxy.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'
import { type CliRun, runCli, trouble } from '../support/run-cli.ts'

const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`

/** Of a table, a policy and a schema: four bytes a character, quotes, markup, a line break. */
const ODD = `🐘 "it's" <b>\n\`;--`

// P12: whatever is strange or goes wrong, it never looks like clean.
describe('audit of a strange database', () => {
  let database: TestDatabase
  let url: string
  let app: string
  let config: ConfigInput

  before(async () => {
    database = await createDatabase()
    url = database.url
    app = roleName(url, 'app')
    config = {
      roles: { app },
      tables: ['projects', 'tasks'],
      audit: { levels: { 'server-rls-cve': 'off' } },
    }
    await change(`
      create role ${app} login;
      create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
      create table tasks (tenant_id uuid, id int, tags jsonb, primary key (tenant_id, id));
      grant select, insert, update, delete on projects, tasks to ${app};
      revoke create on schema public from public;
    `)
    await applyPlan(url, config)
  })
  after(() => database.drop())

  const change = (sql: string) => withClient(url, (client) => client.query(sql))
  const audit = (input: ConfigInput = config, ...argv: string[]) =>
    runCli(['audit', '--url', url, ...argv], input)
  const report = async (input: ConfigInput = config): Promise<AuditReport> =>
    JSON.parse((await audit(input, '--json')).out)

  describe('a connection', () => {
    it('that is lost at any query ends with the reason and exit code 2', async () => {
      const queries = await countQueries()
      expect(queries).to.be.greaterThan(15)
      for (let nth = 1; nth <= queries; nth++) {
        const run = await throughProxy({ dir: 'F', type: 'QP', nth, action: 'rst' })
        expect({ code: run.code, out: run.out }, `query ${nth}`).to.deep.equal({ code: 2, out: '' })
        expect(run.err, `query ${nth}`).to.match(
          /^✖ The connection .* {2}DATABASE\.CONNECTION_LOST\n/,
        )
      }
    }).timeout(60_000)

    for (const action of ['fin', 'half'] as const) {
      it(`that ends in the middle of an answer (${action}) is no clean audit`, async () => {
        const run = await throughProxy({ dir: 'B', type: 'D', nth: 5, action })
        expect({ code: run.code, out: run.out }).to.deep.equal({ code: 2, out: '' })
        expect(run.err).to.include('DATABASE.CONNECTION_LOST')
      })
    }

    it('through the proxy is as good as any other when nothing happens', async () => {
      const run = await throughProxy({ dir: 'B', type: '\u0001', action: 'rst' })
      expect(run.code).to.equal(0)
    })

    async function countQueries(): Promise<number> {
      let queries = 0
      const count = (bytes: Buffer) => {
        queries++
        return bytes
      }
      await throughProxy({ dir: 'F', type: 'QP', once: false, action: count })
      return queries
    }
  })

  async function throughProxy(rule: Rule): Promise<CliRun> {
    const proxy = await startFaultProxy(url)
    try {
      proxy.on(rule)
      return await runCli(['audit', '--url', proxy.url], config)
    } finally {
      await proxy.stop()
    }
  }

  describe('a server', () => {
    /** The first row that is answered is what the server says of itself. */
    const pretending = (version: string) =>
      throughProxy({
        dir: 'B',
        type: 'D',
        match: /kt_/,
        action: (bytes) =>
          Buffer.from(bytes.toString('latin1').replace(/1[4-8]\d{4}/, version), 'latin1'),
      })

    it('before 14 is refused', async () => {
      expect(await pretending('130022')).to.deep.equal(
        trouble(
          '✖ The server is PostgreSQL 13, older than 14; nothing was checked.  SERVER.UNSUPPORTED',
          '  next Update the server: the checks know row security of PostgreSQL 14 and later.',
        ),
      )
    })

    it('after 18 is judged, and what is not known of it is said', () =>
      withClient(url, async (client) => {
        const snapshot = await takeSnapshot(client, config)
        const all = { ...config, audit: {} }
        const { inconclusive } = auditSnapshot({ ...snapshot, serverVersion: 190002 }, all)
        expect(inconclusive).to.deep.equal([
          { check: 'server-rls-cve', reason: 'this release does not know PostgreSQL 19' },
        ])
      }))

    it('with Citus has shards that nobody looked at', () =>
      withClient(url, async (client) => {
        const snapshot = await takeSnapshot(client, config)
        expect(snapshot.extensions).to.deep.equal(['plpgsql'])
        const distributed = { ...snapshot, extensions: ['citus', 'plpgsql'] }
        const { inconclusive, matrix } = auditSnapshot(distributed, config)
        expect(inconclusive).to.deep.equal([
          {
            check: 'rls-disabled',
            reason: 'Citus is installed, and the shards on its workers were not read',
          },
        ])
        expect(matrix.map(({ select }) => select)).to.deep.equal(['unknown', 'unknown'])
      }))
  })

  describe('a schema that changes meanwhile', () => {
    it('is not judged when a table is dropped between the queries', async () => {
      await change('create table doomed (tenant_id uuid); grant select on doomed to public')
      const proxy = await startFaultProxy(url)
      // When privileges are asked for, the list of the relations has been read.
      const held = proxy.on({
        dir: 'F',
        type: 'P',
        match: /has_table_privilege/,
        action: 'hold',
      })
      try {
        const running = runCli(['audit', '--url', proxy.url], config)
        await held.fired
        await change('drop table doomed')
        held.release()
        expect(await running).to.deep.equal(
          trouble(
            '✖ The schema changed while it was read; nothing was checked.  CATALOG.CHANGED',
            '  next Run it again when no migration is running.',
          ),
        )
      } finally {
        await proxy.stop()
      }
    })

    it('is not waited for without end', async () => {
      const database = new URL(url).pathname.slice(1)
      await change(`alter database ${database} set lock_timeout = '100ms'`)
      try {
        await withClient(url, async (migration) => {
          await migration.query('begin; lock table projects in access exclusive mode')
          expect(await audit()).to.deep.equal(
            trouble(
              '✖ Another session holds a lock on a table, and did not release it in time; nothing was checked.  CATALOG.LOCKED',
              '  next Run it again when that migration or maintenance is done; the wait is the `lock_timeout` of the login, 10 s by default.',
            ),
          )
        })
      } finally {
        await change(`alter database ${database} reset lock_timeout`)
      }
    })
  })

  it('says the same to a login that may see nothing of the schema', async () => {
    const stranger = roleName(url, 'stranger')
    await change(`create role ${stranger} login; revoke usage on schema public from public`)
    await change('alter policy tenant_isolation on tasks using (true)')
    try {
      const known = await report()
      const { out } = await runCli(['audit', '--url', loginUrl(url, stranger), '--json'], config)
      expect(known.findings).to.have.lengthOf.at.least(2)
      expect(JSON.parse(out)).to.deep.equal(known)
    } finally {
      await change(`grant usage on schema public to public; drop role ${stranger}`)
      await applyPlan(url, config)
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
        await change(`
          drop policy tenant_isolation on tasks;
          create policy strange on tasks for select using (${expression})`)
        try {
          for (const format of ['human', 'json', 'sarif', 'github', 'markdown', 'html']) {
            const { code, err } = await audit(config, '--format', format)
            expect({ code, err }).to.deep.equal({ code: 1, err: '' })
          }
          const row = (await report()).matrix.find(({ table }) => table === 'public.tasks')
          expect(row?.select).to.be.oneOf(['unknown', 'hole'])
        } finally {
          await change('drop policy strange on tasks')
          await applyPlan(url, config)
        }
      })
    }
  })

  it('shows odd names as they are, in every format', async () => {
    const name = `"${ODD.replaceAll('"', '""')}"`
    await change(`
      create schema ${name};
      create table ${name}.${name} (tenant_id uuid, id int, primary key (tenant_id, id));
      create policy ${name} on ${name}.${name} using (true);
      grant usage on schema ${name} to ${app};
      grant select on ${name}.${name} to ${app};
    `)
    try {
      const odd = { ...config, tables: { [`${name}.${name}`]: {} } }
      await applyPlan(url, odd)
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
      await change(`drop schema ${name} cascade`)
    }
  })

  it('says what happens to the row security of a table that an extension owns', async () => {
    await change('alter extension plpgsql add table tasks')
    try {
      const { findings } = await report()
      expect(findings.map(({ check, object }) => [check, object])).to.deep.equal([
        ['extension-owned-table', 'public.tasks'],
      ])
    } finally {
      await change('alter extension plpgsql drop table tasks')
    }
  })
})
