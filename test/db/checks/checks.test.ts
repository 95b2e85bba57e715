import { expect } from 'chai'
import pg from 'pg'
import type { Check, Finding } from '../../../src/checks/check.ts'
import { CheckedSchema, isAutomatic, MADE_BY_SQL } from '../../support/checked-schema.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'

/** The fixes of these are comments: what to do depends on what the application needs. */
const LEFT_TO_THE_USER: readonly string[] = [
  'app-role-owns-code',
  'exclusion-tenant-not-equal',
  'exclusion-without-tenant',
  'fdw-user-mapping',
  'fk-validated-under-force',
  'foreign-table-reached',
  'foreign-table-with-tenant-data',
  'function-security-definer',
  'generated-column-unsafe-function',
  'global-table-with-tenant-column',
  'grant-other-role',
  'index-defeated-by-rls',
  'large-objects',
  'materialized-view-exposed',
  'multiple-permissive-policies',
  'notification-carries-rows',
  'policy-missing-command',
  'policy-references-other-table',
  'publication-exposes-tenant-table',
  'rule-on-tenant-table',
  'setting-default-on-fresh-connection',
  'tenant-column-collation',
  'tenant-column-missing',
  'trigger-rewrites-tenant',
  'trigger-security-definer',
  'unclassified-table',
  'unlisted-table-reached',
  'unlisted-table-with-tenant-column',
]

/** Statements of an application that uses what is broken: they reach one row after the fix. */
const USES: Readonly<Record<string, string>> = {
  'function-search-path-mutable': 'select public.today()',
  'function-sets-tenant-setting': 'select public.demo_count()',
  'sequence-writable': `select nextval('public.numbers')`,
  'view-bypasses-rls': 'select name from public.project_names',
  'view-not-security-invoker': 'select name from public.project_names',
}

/** As if the owner of the tables had made all that need not be of a superuser. */
const OWNED_BY_THE_OWNER = `do $$ declare made record; begin
  for made in select oid::regprocedure as name from pg_proc
    where pronamespace = 'public'::regnamespace and not prosecdef
      and prorettype <> 'event_trigger'::regtype and coalesce(proconfig::text, '') not like '%app.tenant_id%' loop
    execute format('alter function %s owner to app_owner', made.name);
  end loop;
  for made in select stxname as name from pg_statistic_ext
    where stxnamespace = 'public'::regnamespace loop
    execute format('alter statistics public.%I owner to app_owner', made.name);
  end loop;
end $$`

// Each check carries its own proof. Adding a check adds its test.
describe('checks', () => {
  let database: TestDatabase
  let client: pg.Client
  let schema: CheckedSchema
  /** The answers to the statements of an application on the correct schema. */
  let usual: readonly string[]

  before(async () => {
    database = await createDatabase()
    client = new pg.Client(database.url)
    await client.connect()
    schema = await CheckedSchema.create(client, database.name)
    usual = await schema.usualStatements()
    await schema.findings()
  })
  after(async () => {
    await client.end()
    await database.drop()
  })

  it('find nothing on a correct schema, on which an application works', () =>
    schema.apart(async () => {
      expect(await schema.findings()).to.deep.equal([])
      expect(schema.migration()).to.deep.equal([])
      expect(usual.filter((answer) => /error|: 0$/.test(answer))).to.deep.equal([])
      expect(usual).to.include.members([
        'app_user: select * from public.projects: 3',
        'app_admin: select from public.projects: 2',
      ])
    }))

  for (const check of MADE_BY_SQL) {
    it(`P14: ${check.id}: found when broken, gone after \`fixed\`; ${titleOfFix(check)}`, () =>
      withBroken(check, async (found) => {
        expect(idsOf(found, check)).to.deep.equal([check.id])
        const own = found.filter((finding) => finding.check === check.id)
        const isLeft = isLeftToTheUser(check, schema.snapshot.serverVersion)
        expect(own.map(({ fix }) => isAutomatic(fix))).to.deep.equal(own.map(() => !isLeft))
        if (!isLeft) await schema.apart(() => expectFixed(check, found))

        await schema.run(check.fixed)
        expect(await schema.findings(check.id), 'after `fixed`').to.deep.equal([])
      }))
  }

  async function expectFixed(check: Check, found: readonly Finding[]): Promise<void> {
    await schema.runFixes(found)
    let rest = await schema.findings(check.id)
    // One fix can make another one automatic: a key that no foreign key uses any more.
    if (rest.some(({ fix }) => isAutomatic(fix))) {
      await schema.runFixes(rest)
      rest = await schema.findings(check.id)
    }
    expect(rest, 'after the printed fix').to.deep.equal([])
    expect(schema.migration(), 'what migrate:rls would do').to.deep.equal([])
    const use = USES[check.id]
    expect(await schema.usualStatements(...(use ? [use] : []))).to.deep.equal([
      ...usual,
      ...(use ? [`app_user: ${use}: 1`] : []),
    ])
  }

  /** Where there is something to break: a server without the feature cannot have the problem. */
  function withBroken(
    check: Check,
    body: (found: readonly Finding[]) => Promise<unknown>,
  ): Promise<void> {
    return schema.apart(async () => {
      if (check.isOptIn) await schema.run(check.fixed)
      const { serverVersion } = schema.snapshot
      if (check.since !== undefined && serverVersion < check.since) {
        return expect(await schema.findings(check.id)).to.deep.equal([])
      }
      await schema.run(check.broken)
      await schema.run(OWNED_BY_THE_OWNER)
      return body(await schema.findings(check.id))
    })
  }

  /** The checks that found something, without those that `broken` concerns by its nature. */
  function idsOf(found: readonly Finding[], { alsoFinds = [] }: Check): string[] {
    const ids = new Set(found.map((finding) => finding.check))
    return [...ids].filter((id) => !alsoFinds.includes(id))
  }

  function titleOfFix({ id }: Check): string {
    return LEFT_TO_THE_USER.includes(id)
      ? 'the fix is a comment that says what to decide'
      : 'the fix runs twice, keeps an application working, leaves migrate:rls nothing to do'
  }
})

/** Before PostgreSQL 15 no view reads as its caller, and SET NULL of a key sets all of its columns. */
const LEFT_BEFORE_15: readonly string[] = ['fk-set-null-nulls-tenant', 'view-bypasses-rls']

function isLeftToTheUser({ id }: Check, serverVersion: number): boolean {
  return LEFT_TO_THE_USER.includes(id) || (serverVersion < 150000 && LEFT_BEFORE_15.includes(id))
}
