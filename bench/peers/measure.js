import { setTimeout as sleep } from 'node:timers/promises'
import { pgbouncerBinary, pgbouncerVersion, startPgBouncer } from '../../test/support/pgbouncer.ts'
import {
  createDatabase,
  loginUrl,
  mochaGlobalSetup,
  mochaGlobalTeardown,
  roleName,
  withClient,
} from '../../test/support/postgres.ts'
import { startWireProxy } from '../../test/support/wire-proxy.ts'
import { CONTENDERS } from './contenders.js'

// The table of docs/comparison.md: `npm install --legacy-peer-deps && npm run measure` in this folder, after a build.
// A tenant counts as left behind when the next user of the client, who sets none, sees a row.

const A = '00000000-0000-4000-8000-00000000000a'
const B = '00000000-0000-4000-8000-00000000000b'
const SEEN = 'select tenant_id from notes'
const READS = 200

/** One policy for the settings of all contenders. */
const SCHEMA = `
  create table notes (tenant_id uuid);
  insert into notes values ('${A}'), ('${B}');
  create policy own on notes using (tenant_id = coalesce(
    nullif(current_setting('app.tenant_id', true), ''), nullif(current_setting('app.current_tenant', true), ''),
    nullif(current_setting('tenancy.tenant_id', true), ''))::uuid);
  alter table notes enable row level security, force row level security;`

async function roundTrips(open, url) {
  const proxy = await startWireProxy(url)
  const contender = open({ connectionString: proxy.url, max: 1 })
  for (let i = 0; i < 3; i++) await contender.run(A, SEEN)
  proxy.take()
  await contender.run(A, SEEN)
  const { client } = proxy.take()
  await contender.end()
  await proxy.stop()
  return client
}

/** What the next user of the pool finds after a `query_timeout` of pg. */
async function afterTimeout(open, url) {
  const contender = open({ connectionString: url, max: 1, query_timeout: 250 })
  await contender.run(A, 'select 1')
  const failed = await contender.run(A, 'select pg_sleep(0.8)').then(
    () => false,
    () => true,
  )
  await sleep(900)
  const { rows } = await contender.pool.query(SEEN)
  await contender.end()
  if (!failed) return 'no timeout'
  return rows.length === 0 ? 'clean' : 'leak'
}

/** Two tenants over one server connection of PgBouncer. */
async function behindPooler(open, url, binary) {
  const pooler = await startPgBouncer(binary, url, { mode: 'transaction', poolSize: 1 })
  const contender = open({ connectionString: pooler.url, max: 4 })
  let [foreign, missed] = [0, 0]
  const read = async (tenant) => {
    const rows = await contender.run(tenant, SEEN)
    if (rows.some(({ tenant_id }) => tenant_id !== tenant)) foreign++
    if (!rows.some(({ tenant_id }) => tenant_id === tenant)) missed++
  }
  const queue = Array.from({ length: READS }, (_, i) => (i % 2 === 0 ? A : B)).values()
  const work = async () => {
    for (const tenant of queue) await read(tenant)
  }
  await Promise.all([work(), work(), work(), work()])
  await contender.end()
  await pooler.stop()
  return `${foreign} foreign, ${missed} missed`
}

async function main() {
  await mochaGlobalSetup()
  const database = await createDatabase()
  const app = roleName(database.url, 'app')
  await withClient(database.url, (client) =>
    client.query(
      `create role ${app} login password 'secret'; ${SCHEMA} grant select on notes to ${app}`,
    ),
  )
  const url = loginUrl(database.url, app)
  const binary = pgbouncerBinary()
  const lines = [
    `| set-up | round trips | after a client timeout | ${binary ? pgbouncerVersion(binary) : 'PgBouncer: none'}, ${READS} reads |`,
    '|---|---|---|---|',
  ]
  for (const [name, open] of Object.entries(CONTENDERS)) {
    const pooled = binary ? await behindPooler(open, url, binary) : ''
    lines.push(
      `| ${name} | ${await roundTrips(open, url)} | ${await afterTimeout(open, url)} | ${pooled} |`,
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
  await database.drop()
  await mochaGlobalTeardown()
}

await main()
