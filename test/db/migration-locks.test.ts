import { expect } from 'chai'
import type pg from 'pg'
import { inReadOnlyTransaction } from '../../src/catalog/read-only.ts'
import { readSnapshot } from '../../src/catalog/read-snapshot.ts'
import { plan } from '../../src/migration/plan.ts'
import type { Step } from '../../src/migration/step.ts'
import { parseConfig } from '../../src/parse-config.ts'
import { wantedState } from '../../src/wanted.ts'
import { withClient, withDatabase } from '../support/postgres.ts'
import { createShapes, shapesConfig } from '../support/tenant-shapes.ts'

// One of each kind that a fresh schema does not need: alter, replace, adopt, drop.
const DRIFT = `
  alter policy tenant_access on projects using (true);
  comment on policy tenant_access on notes is null;
  alter table notes alter tenant_id set default 'x';
  create policy surplus on notes as restrictive using (true);
  comment on policy surplus on notes is 'Written by kysely-tenants.';
  drop policy tenant_isolation on events;
  create policy tenant_isolation on events using (true) with check (true);
  comment on policy tenant_isolation on events is 'Written by kysely-tenants.'`

describe('a step of a migration', () => {
  it('takes the lock it announces on its table, and none on another', () =>
    withDatabase((url) =>
      withClient(url, async (client) => {
        await client.query(createShapes(url))
        const fresh = await executeAll(client, url)
        await client.query(DRIFT)
        const repair = await executeAll(client, url)

        expect(kinds(fresh)).to.deep.equal(['alter table', 'comment on', 'create policy'])
        expect(kinds(repair)).to.deep.equal([
          'alter policy',
          'alter table',
          'comment on',
          'create policy',
          'drop policy',
        ])
      }),
    ))
})

function kinds(steps: readonly Step[]): string[] {
  return [...new Set(steps.map(({ up }) => up.split(' ', 2).join(' ')))].toSorted()
}

async function executeAll(client: pg.Client, url: string): Promise<Step[]> {
  const config = parseConfig(shapesConfig(url))
  const { schemas, tables, global, roles } = config
  const request = { schemas, tables, global, appRoles: roles.app, adminRoles: roles.admin }
  const snapshot = await inReadOnlyTransaction(client, () => readSnapshot(client, request))
  const steps = plan(wantedState(config, snapshot), snapshot).flatMap((phase) => phase.steps)

  for (const step of steps) {
    await client.query('begin')
    await client.query(step.up)
    const locks = await strongestLocks(client)
    await client.query('commit')
    const { schema, name } = step.table
    expect(locks, step.up).to.deep.equal([{ schema, name, lock: step.lock }])
  }
  return steps
}

// AccessExclusiveLock → access exclusive. Names are read from the catalog, so no table is locked.
async function strongestLocks(client: pg.Client) {
  const { rows } = await client.query<{ schema: string; name: string; modes: string[] }>(`
    select n.nspname as "schema", c.relname as "name", array_agg(distinct l.mode) as "modes"
    from pg_locks l
    join pg_class c     on c.oid = l.relation
    join pg_namespace n on n.oid = c.relnamespace
    where l.pid = pg_backend_pid() and n.nspname in ('public', 'billing') and c.relkind in ('r', 'p')
    group by 1, 2 order by 1, 2`)
  return rows.map(({ modes, ...table }) => {
    const words = modes.map((mode) => mode.replace(/Lock$/, '').replace(/\B[A-Z]/g, ' $&'))
    const strong = words.filter((word) => word !== 'Access Share')
    return { ...table, lock: (strong.length > 0 ? strong : words).join(' and ').toLowerCase() }
  })
}
