import { expect } from 'chai'
import type pg from 'pg'
import { type Snapshot, takeSnapshot } from '../../../src/audit/audit.ts'
import type { Clause } from '../../../src/catalog/truth-table.ts'
import { identifier } from '../../../src/sql/quote.ts'
import { proofOf, verdictOf } from '../../../src/truth-table/verdict.ts'
import { applyPlan } from '../../support/apply-plan.ts'
import { withRolesOf } from '../../support/correct-schema.ts'
import { ALL, OTHERS } from '../../support/policy-tables.ts'
import { A, B, COLUMNS, onlyAccess, SCHEMA, TEXTS } from '../../support/policy-texts.ts'
import { createDatabase, loginUrl, type TestDatabase, withClient } from '../../support/postgres.ts'

describe('a truth table', () => {
  let database: TestDatabase
  let config: { roles: { app: string; admin: string }; tables: Record<string, object> }
  let snapshot: Snapshot
  const run = (sql: string, url = database.url) =>
    withClient(url, (client) => client.query(withRolesOf(database.name, sql)))

  before(async () => {
    database = await createDatabase()
    const role = (name: string) => `${database.name}_${name}`
    const tables = [...Object.keys(TEXTS).map((_, i) => `projects_${i}`), ...Object.keys(OTHERS)]
    config = {
      roles: { app: role('app_user'), admin: role('app_admin') },
      tables: Object.fromEntries(tables.map((table) => [table, OTHERS[table]?.options ?? {}])),
    }
    await run(SCHEMA)
    await run(
      tables
        .map((t) => {
          const name = identifier(t)
          return `create table ${name} (${OTHERS[t]?.columns ?? COLUMNS});
            grant select on ${name} to app_user;`
        })
        .join('\n'),
    )
    await applyPlan(database.url, config)
    await run(
      [
        ...Object.keys(TEXTS).map((text, i) => onlyAccess(`projects_${i}`, text)),
        ...Object.values(OTHERS).map(({ drift }) => drift),
      ].join(';\n'),
    )
    snapshot = await withClient(database.url, (client) => takeSnapshot(client, config))
  })
  after(() => database.drop())

  const said = (table: string, clause: Clause = 'select', policy: string | null = null): string => {
    const found = snapshot.truthTables?.find(({ name }) => name === table)
    if (!found) return 'not drifted'
    const effect = found.effects.find(
      (e) => e.policy === policy && e.clause === clause && e.role !== config.roles.admin,
    )
    if (!effect) return 'same'
    const verdict = verdictOf(effect)
    if (verdict === 'doubtful') return `doubtful: ${effect.moreDoubt}`
    return verdict === 'no more' ? verdict : `${verdict}: ${proofOf(effect)}`
  }

  Object.entries(TEXTS).forEach(([text, expected], i) => {
    it(`says of ${text}: ${expected}`, () => {
      const name = `projects_${i}`
      expect(said(name)).to.equal(expected.replace('public.projects', `public.${name}`))
    })
  })

  for (const [table, { said: expected }] of Object.entries(OTHERS)) {
    it(`tells the clauses apart: ${table}`, () => {
      const found = ALL.flatMap((clause) => {
        const words = said(table, clause)
        return ['same', 'not drifted'].includes(words) ? [] : [[clause, words]]
      })
      expect(Object.fromEntries(found)).to.deep.equal(expected)
    })
  }

  async function seenWith(settings: Readonly<Record<string, string>>, tables: readonly string[]) {
    return withClient(loginUrl(database.url, config.roles.app), async (client) => {
      for (const [name, value] of Object.entries(settings)) {
        await client.query('select set_config($1, $2, false)', [name, value])
      }
      const seen: { table: string; isForeign: boolean }[] = []
      for (const table of tables) {
        for (const tenant of await tenantsSeen(client, table)) {
          seen.push({ table, isForeign: tenant !== settings['app.tenant_id'] })
        }
      }
      return seen
    })
  }

  it('is made of tables with other policies than the wanted ones, and of no others', () => {
    const made = snapshot.truthTables?.map(({ name }) => name)
    expect(made).to.have.lengthOf(Object.keys(config.tables).length - 1)
    expect(made).not.to.include('untouched')
  })

  it('is the same for a login without a privilege on the tables', async () => {
    const login = loginUrl(database.url, config.roles.admin)
    const other = await withClient(login, (client) => takeSnapshot(client, config))
    expect(other.truthTables).to.deep.equal(snapshot.truthTables)
  })

  it('runs no function of the database, and leaves the settings of the session alone', () =>
    withClient(database.url, async (client) => {
      await takeSnapshot(client, config)
      const { rows } = await client.query(`select current_setting('test.called', true) as called,
        current_setting('app.tenant_id', true) as tenant, current_setting('a.b', true) as other`)
      expect(rows).to.deep.equal([{ called: null, tenant: null, other: null }])
    }))

  // The claim against the thing itself: rows of two tenants, and a login of the application.
  it('shows more exactly where the application sees more', async () => {
    const tables = Object.keys(TEXTS).map((_, i) => `projects_${i}`)
    await run(
      tables
        .map(
          (table) => `insert into ${table} (tenant_id, is_public, level, status, word) values
            ('${A}', true, 6, 'it''s public', 'x'), ('${A}', false, 1, 'x', null), ('${A}', null, 1, 'x', null),
            ('${B}', true, 6, 'it''s public', 'x'), ('${B}', false, 1, 'x', null), ('${B}', null, 1, 'x', null),
            (null, false, 1, 'x', null)`,
        )
        .join(';'),
    )
    const seen = (await Promise.all(SEEN_WITH.map((settings) => seenWith(settings, tables)))).flat()
    const foreign = new Set(seen.filter(({ isForeign }) => isForeign).map(({ table }) => table))
    const own = new Set(seen.filter(({ isForeign }) => !isForeign).map(({ table }) => table))
    const withVerdict = (verdict: string) =>
      tables.filter((table) => said(table).split(':')[0] === verdict)
    const unknown = withVerdict('doubtful')
    expect(tables.filter((table) => foreign.has(table) && !unknown.includes(table))).to.deep.equal(
      withVerdict('more'),
    )
    expect(withVerdict('same').filter((table) => !own.has(table))).to.deep.equal([])
    expect(withVerdict('nothing').filter((table) => own.has(table))).to.deep.equal([])
  })
})

const SEEN_WITH: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'app.tenant_id': '' },
  { 'app.tenant_id': B },
  { 'app.tenant_id': 'root' },
  { 'app.bypass': 'on' },
  { 'app.is_admin': 'true' },
  { 'app.org_id': A },
]

// A statement that fails shows no row.
function tenantsSeen(client: pg.Client, table: string): Promise<(string | null)[]> {
  return client.query<{ tenant: string | null }>(`select tenant_id as tenant from ${table}`).then(
    ({ rows }) => rows.map(({ tenant }) => tenant),
    () => [],
  )
}
