import { expect } from 'chai'
import { type AuditReport, audit } from '../../../src/audit/audit.ts'
import type { Queryable } from '../../../src/catalog/read-only.ts'
import { TenancyError } from '../../../src/index.ts'
import { correctConfig, createCorrectSchema } from '../../support/correct-schema.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from '../../support/postgres.ts'

const DOOMED = ['view seen', 'function said(text) cascade', 'table listed', 'domain label cascade']

// P12: PostgreSQL deparses what stands there now, while rows of the catalog stay as they were.
describe('P12 the audit of a schema that changes between any two of its queries', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
    await withClient(database.url, (client) => createCorrectSchema(client, database.name))
  })
  after(() => database.drop())

  it('is a report, or says that the schema changed', async function () {
    this.timeout(60_000)
    const outcomes = new Set<string>()
    let isOver = false
    // The first three begin the transaction; each third of the others is enough.
    for (let at = 4; !isOver; at += 3) {
      const { outcome, queries } = await auditWhileDropping(at)
      outcomes.add(outcome)
      isOver = queries < at
    }
    expect([...outcomes].sort()).to.deep.equal(['CATALOG.CHANGED', 'a report'])
  })

  async function auditWhileDropping(at: number): Promise<{ outcome: string; queries: number }> {
    const { url, name } = database
    const gone = roleName(url, 'gone')
    return withClient(url, async (migration) => {
      await migration.query(`
        set lock_timeout = '200ms';
        create role ${gone};
        create view seen with (security_barrier) as select name from public.projects;
        create domain label as text default lower('X');
        create table listed (id int primary key, l label, check (id > 0)); create index on listed (lower(l));
        create function said(text) returns text language sql security definer as 'select name from public.projects';
        grant select on listed, seen to ${gone}; grant execute on function said(text) to ${gone};
        create policy said on countries to ${gone} using (said(code) is null)`)
      const drops = [...DOOMED.map((object) => `drop ${object}`), `drop role ${gone}`]
      let queries = 0
      const outcome = await withClient(url, (client) => {
        const watched: Queryable = {
          query: async (text, values) => {
            queries++
            if (queries === at) {
              // What the audit holds a lock on stays.
              for (const drop of drops) await migration.query(drop).catch(() => undefined)
            }
            return client.query(text, values)
          },
        }
        return audit(watched, correctConfig(name)).then(reported, codeOf)
      })
      const left = ['view', 'table', 'domain'].map(
        (kind, i) => `drop ${kind} if exists ${LEFT[i]} cascade`,
      )
      await migration.query(
        `${left.join(';')}; drop function if exists said(text) cascade; drop role if exists ${gone}`,
      )
      return { outcome, queries }
    })
  }
})

const LEFT = ['seen', 'listed', 'label']

function reported({ findings }: AuditReport): string {
  expect(findings.map(({ check }) => check)).to.include('function-security-definer')
  return 'a report'
}

function codeOf(error: unknown): string {
  if (error instanceof TenancyError) return error.code
  throw error
}
