import { expect } from 'chai'
import type pg from 'pg'
import { auditSnapshot } from '../../../src/audit/audit.ts'
import { tablePolicies } from '../../../src/audit/table-policies.ts'
import type { ConfigInput } from '../../../src/config/config.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { plan } from '../../../src/migration/plan.ts'
import type { Step } from '../../../src/migration/step.ts'
import { tableStatus } from '../../../src/migration/table-status.ts'
import { resolveWanted } from '../../../src/wanted/resolve-wanted.ts'
import { applyPlan } from '../../support/apply-plan.ts'
import { checkContext, withRolesOf } from '../../support/correct-schema.ts'
import {
  type Answers,
  AS_WANTED,
  POLICY_ANSWERS,
  S,
  unmarked,
} from '../../support/policy-answers.ts'
import {
  createDatabase,
  type TestDatabase,
  withClient,
  withRollback,
} from '../../support/postgres.ts'

const ALL = ['tenant_access', 'tenant_isolation']
const SHARED = [
  ...ALL,
  'tenant_shared',
  'tenant_isolation_insert',
  'tenant_isolation_update',
  'tenant_isolation_delete',
]

function allTo(roles: string): string {
  return [
    ...ALL.map((name) => `alter policy ${name} on projects to ${roles}`),
    ...SHARED.map((name) => `alter policy ${name} on templates to ${roles}`),
  ].join(';')
}

describe('whether a policy is the wanted one', () => {
  let database: TestDatabase
  let config: ConfigInput
  before(async () => {
    database = await createDatabase()
    config = {
      roles: { app: role('app_user'), admin: role('app_admin') },
      tables: { projects: {}, templates: { shared: true } },
      audit: { levels: { 'server-rls-cve': 'off' } },
    }
    await withClient(database.url, (client) => client.query(withRolesOf(database.name, SCHEMA)))
    await applyPlan(database.url, config)
  })
  after(() => database.drop())

  const role = (name: string) => `${database.name}_${name}`

  for (const [title, [sql, expected]] of Object.entries(POLICY_ANSWERS)) {
    it(`is answered by audit, page, status and plan alike: ${title}`, () =>
      inDatabase(sql, config, async (world) => {
        expect(await world.answers()).to.deep.equal(expected)
        const before = await world.policies()
        const steps = await world.plan()
        expect(steps.map(({ why }) => why)).to.deep.equal(expected.steps)

        for (const { up } of steps) await world.client.query(up)
        const { page, steps: left } = await world.answers()
        expect({ page: page.filter((line) => !line.endsWith(' own')), left }).to.deep.equal({
          page: [],
          left: [],
        })
        for (const { down } of steps.toReversed()) {
          for (const statement of down) await world.client.query(statement)
        }
        expect(await world.policies()).to.deep.equal(before)
      }))
  }

  it('does not depend on the order of the roles', () =>
    inDatabase(
      allTo('some_role, app_user, some_role'),
      {
        ...config,
        roles: { app: [role('app_user'), role('some_role')], admin: role('app_admin') },
      },
      async ({ answers }) => expect(await answers()).to.deep.equal(AS_WANTED),
    ))

  it('is yes for public where the config names no role', () =>
    inDatabase(
      `${allTo('public')}; drop policy tenant_admin on projects; drop policy tenant_admin on templates`,
      { ...config, roles: {} },
      async ({ answers }) => {
        const { page, steps } = await answers()
        expect({ page, steps }).to.deep.equal({ page: [], steps: [] })
      },
    ))

  it('is no, and a refusal, where a policy made by hand may do something else', () =>
    inDatabase(
      unmarked('tenant_access', 'projects', `to app_user using (${S} = tenant_id)`),
      config,
      async ({ answers }) =>
        expect(await answers()).to.deep.equal({
          audit: [
            'low policy-expression-drift: Policy tenant_access says the same in other words.',
          ],
          page: ['tenant_access differs'],
          steps: ['policy tenant_access on public.projects was not made by kysely-tenants'],
        }),
    ))

  interface World {
    readonly client: pg.Client
    answers(): Promise<Answers>
    plan(): Promise<readonly Step[]>
    policies(): Promise<unknown>
  }

  function inDatabase(
    sql: string,
    input: ConfigInput,
    body: (world: World) => Promise<unknown>,
  ): Promise<unknown> {
    const parsed = parseConfig(input)
    return withRollback(database.url, async (client) => {
      await client.query(withRolesOf(database.name, sql))
      const context = () => checkContext(client, parsed)
      await body({
        client,
        answers: async () => {
          const { wanted, snapshot } = await context()
          const { findings } = auditSnapshot(snapshot, input)
          const { tables } = tableStatus(resolveWanted(parsed, snapshot), snapshot)
          return {
            audit: findings.map(({ level, check, summary }) =>
              `${level} ${check}: ${summary}`.replaceAll(`${database.name}_`, ''),
            ),
            page: tablePolicies(wanted, snapshot).flatMap(({ policies }) =>
              policies.flatMap(({ name, state }) =>
                state === 'as wanted' ? [] : `${name} ${state}`,
              ),
            ),
            steps: tables.flatMap(({ drift, blockers }) => [...drift, ...blockers]),
          }
        },
        plan: async () => {
          const { snapshot } = await context()
          return plan(resolveWanted(parsed, snapshot), snapshot).flatMap(({ steps }) => steps)
        },
        policies: async () => (await context()).snapshot.relations.map(({ policies }) => policies),
      })
    })
  }
})

const SCHEMA = `
  create role app_user login;
  create role app_admin login;
  create role some_role;
  create table projects (tenant_id uuid not null, id int, primary key (tenant_id, id));
  create table templates (tenant_id uuid, id int, unique (tenant_id, id));
  grant select, insert, update, delete on projects, templates to app_user, app_admin;
  revoke create on schema public from public`
