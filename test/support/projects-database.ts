import type { QueryResult } from 'pg'
import { type MigrationProject, withMigrations } from './migration-project.ts'
import { createDatabase, type TestDatabase, withClient } from './postgres.ts'

interface ProjectsDatabase {
  query(sql: string): Promise<QueryResult>
  config(tables?: readonly string[]): { connection: string; tables: readonly string[] }
  /** Runs `body` in a project with that config. */
  inProject(
    body: (project: MigrationProject) => Promise<void>,
    tables?: readonly string[],
  ): Promise<void>
}

/** For a `describe`: each test has a database of its own, with the table that the config lists. */
export function useProjectsDatabase(): ProjectsDatabase {
  let database: TestDatabase
  const query = (sql: string) => withClient(database.url, (client) => client.query(sql))
  const config = (tables: readonly string[] = ['projects']) => ({
    connection: database.url,
    tables,
  })

  beforeEach(async () => {
    database = await createDatabase()
    await query('create table projects (id int, tenant_id uuid, primary key (tenant_id, id))')
  })
  afterEach(() => database.drop())

  return {
    query,
    config,
    inProject: (body, tables) => withMigrations(config(tables), body),
  }
}
