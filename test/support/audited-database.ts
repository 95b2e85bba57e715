import type { ConfigInput } from '../../src/config/config.ts'
import { applyPlan } from './apply-plan.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from './postgres.ts'

interface AuditedDatabase {
  readonly url: string
  /** The login of the application. */
  readonly app: string
  readonly config: ConfigInput
  change(sql: string): Promise<unknown>
}

/** For a `describe`: its tests share a database with two tenant tables that are as the config wants them. */
export function useAuditedDatabase(): AuditedDatabase {
  let database: TestDatabase
  const change = (sql: string) => withClient(database.url, (client) => client.query(sql))
  const own = {
    get url() {
      return database.url
    },
    get app() {
      return roleName(database.url, 'app')
    },
    get config(): ConfigInput {
      return {
        roles: { app: own.app },
        tables: ['projects', 'tasks'],
        audit: { levels: { 'server-rls-cve': 'off' } },
      }
    },
    change,
  }

  before(async () => {
    database = await createDatabase()
    await change(`
      create role ${own.app} login;
      create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
      create table tasks (tenant_id uuid, id int, tags jsonb, primary key (tenant_id, id));
      grant select, insert, update, delete on projects, tasks to ${own.app};
      revoke create on schema public from public;
    `)
    await applyPlan(own.url, own.config)
  })
  after(() => database.drop())

  return own
}
