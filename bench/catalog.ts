import type pg from 'pg'
import { inReadOnlyTransaction } from '../src/catalog/read-only.ts'
import { readSnapshot } from '../src/catalog/read-snapshot.ts'
import type { ConfigInput } from '../src/config/config.ts'
import { parseConfig } from '../src/config/parse-config.ts'
import { plan } from '../src/migration/plan.ts'
import { resolveWanted, snapshotRequest } from '../src/wanted/resolve-wanted.ts'

// A transaction has room for the locks of so many.
const BATCH = 100

/**
 * As many tables as asked for, each with the policies that the plan wants, a view and a foreign key to
 * the one before it: a correct schema. Returns its config.
 */
export async function createCatalog(client: pg.Client, tables: number): Promise<ConfigInput> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  const [app, owner] = ['app', 'owner'].map((role) => `${rows[0]?.name}_${role}`)
  await client.query(`
    create role ${app} login;
    create role ${owner};
    create schema shop authorization ${owner};
    grant usage on schema shop to ${app};
  `)
  const names = Array.from({ length: tables }, (_, index) => `t${index}`)
  const inBatches = async (statement: (name: string, index: number) => string) => {
    for (let start = 0; start < tables; start += BATCH) {
      const batch = names.slice(start, start + BATCH)
      await client.query(batch.map((name, i) => statement(name, start + i)).join(';\n'))
    }
  }
  await client.query(`set role ${owner}`)
  await inBatches(
    (name, index) => `
      create table shop.${name} (
        tenant_id uuid, id int, ${
          index === 0
            ? ''
            : `previous_id int,
        foreign key (tenant_id, previous_id) references shop.t${index - 1} (tenant_id, id),`
        }
        title text not null default '', amount numeric(12, 2), created_at timestamptz default now(),
        primary key (tenant_id, id));
      create view shop.v_${name} with (security_invoker) as select id, title from shop.${name};
      grant select, insert, update, delete on shop.${name} to ${app};
      grant select on shop.v_${name} to ${app}`,
  )
  await client.query('reset role')
  const steps = await policySteps(client, config(app, 1))
  await inBatches((name) => steps.replaceAll('t0', name))
  await client.query('analyze')
  return config(app, tables)
}

function config(app: string | undefined, tables: number): ConfigInput {
  return {
    roles: { app: app ?? '' },
    schemas: ['shop'],
    tables: Array.from({ length: tables }, (_, index) => `t${index}`),
    // Whether the server is the latest release is no matter of its speed.
    audit: { levels: { 'server-rls-cve': 'off' } },
  }
}

/** The statements of the plan for the first table. */
async function policySteps(client: pg.Client, input: ConfigInput): Promise<string> {
  const parsed = parseConfig(input)
  const request = snapshotRequest(parsed)
  const snapshot = await inReadOnlyTransaction(client, () => readSnapshot(client, request))
  const phases = plan(resolveWanted(parsed, snapshot), snapshot)
  return phases.flatMap(({ steps }) => steps.map(({ up }) => up)).join(';\n')
}
