import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { inReadOnlyTransaction } from '../../src/catalog/read-only.ts'
import { readSnapshot } from '../../src/catalog/read-snapshot.ts'
import type { RelationState } from '../../src/catalog/relation-state.ts'
import { withFirstPath } from '../support/first-path.ts'
import { loginUrl, roleName, withClient, withDatabase } from '../support/postgres.ts'

interface RealSchema {
  /** In test/support/real-schemas. */
  readonly file: string
  /** The answers to questions that `init --yes` does not guess. */
  readonly answers: readonly string[]
  readonly global: readonly string[]
  readonly undecided: readonly string[]
  readonly tables: number
}

const SCHEMAS: readonly RealSchema[] = [
  // Written as a program of Django does it: an unusual tenant column, deferrable keys, recipients of several kinds.
  {
    file: 'chat.sql',
    answers: ['--tenant-column', 'realm_id'],
    global: [
      'auth_permission',
      'chat_client',
      'chat_huddle',
      'django_content_type',
      'django_migrations',
    ],
    undecided: ['chat_recipient', 'django_session'],
    tables: 11,
  },
  // A schema of its own, partitions of partitions, a materialized view, triggers that call definer functions.
  {
    file: 'publishing.sql',
    answers: [],
    global: ['countries', 'graphile_worker.migrations', 'plans', 'schema_migrations'],
    undecided: ['jobs'],
    tables: 12,
  },
]

describe('a schema as applications have it', () => {
  for (const { file, answers, global, undecided, tables } of SCHEMAS) {
    it(`${file} is protected from init to status, and put back`, () =>
      withDatabase(async (url) => {
        const app = roleName(url, 'app')
        const owner = loginUrl(url, roleName(url, 'owner'))
        await createSchema(url, file)
        const before = await relations(url)
        await withFirstPath(owner, async ({ run }) => {
          const init = await run('init', '--yes', '--app-role', app, '--json', ...answers)
          expect(init.code, init.err).to.equal(0)
          const proposed = JSON.parse(init.out)
          expect(proposed.config.global.toSorted()).to.deep.equal(global)
          const open = proposed.proposal.undecided.map(({ name }: { name: string }) => name)
          expect(open.toSorted()).to.deep.equal(undecided)

          for (const command of ['migrate:rls', 'migrate:latest', 'status']) {
            const { code, out, err } = await run(command)
            expect(code, err).to.equal(0)
            if (command === 'status') expect(out).to.include(`✔ ${tables} tables: all in place.\n`)
          }
          expect(await run('migrate:rls', '--check')).to.have.property('code', 0)
          const down = await run('migrate:down', '--all')
          expect(down.code, down.err).to.equal(0)
          expect(await relations(url)).to.deep.equal(before)
        })
      })).timeout(60_000)
  }
})

async function createSchema(url: string, file: string): Promise<void> {
  const [app, owner] = [roleName(url, 'app'), roleName(url, 'owner')]
  const path = new URL(`../support/real-schemas/${file}`, import.meta.url)
  await withClient(url, async (client) => {
    await client.query(`
      create role ${app} login; create role ${owner} login password 'secret';
      grant create on database ${new URL(url).pathname.slice(1)} to ${owner};
      grant create, usage on schema public to ${owner}; grant usage on schema public to ${app};
      set role ${owner}`)
    await client.query(readFileSync(path, 'utf8'))
    await client.query(`
      do $$ declare space regnamespace; begin
        for space in select distinct relnamespace from pg_class where relowner = '${owner}'::regrole
          and relnamespace <> 'pg_toast'::regnamespace loop
          execute format('grant usage on schema %s to ${app}', space);
          execute format('grant select, insert, update, delete on all tables in schema %s to ${app}', space);
          execute format('grant usage on all sequences in schema %s to ${app}', space);
        end loop; end $$`)
  })
}

/** Without the number of rows, which changes when the server counts them. */
function relations(url: string): Promise<Omit<RelationState, 'estimatedRows'>[]> {
  const request = {
    schemas: ['public', 'app'],
    tables: [],
    global: [],
    appRoles: [],
    adminRoles: [],
  }
  return withClient(url, async (client) => {
    const snapshot = await inReadOnlyTransaction(client, () => readSnapshot(client, request))
    return snapshot.relations
      .filter(({ name }) => !name.startsWith('kysely_migration'))
      .map(({ estimatedRows, ...relation }) => relation)
  })
}
