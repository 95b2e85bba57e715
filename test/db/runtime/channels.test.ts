import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect } from 'chai'
import type { Kysely } from 'kysely'
import type { StatementEvent } from '../../../src/index.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

describe('the diagnostics channels', () => {
  let world: TenantWorld
  let app: TenantDb
  let db: Kysely<Tables>

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())
  beforeEach(() => {
    app = openDb(world)
    db = app.db
  })
  afterEach(() => app[Symbol.asyncDispose]())

  it('publish statements, violations and admin scopes', async () => {
    const events: { name: string; message: unknown }[] = []
    const listener = (message: unknown, name: string | symbol) => {
      events.push({ name: String(name).replace('kysely-tenants:', ''), message })
    }
    const names = ['statement', 'violation', 'admin'].map((name) => `kysely-tenants:${name}`)
    await app.tenancy.run(A, () => tenantsSeen(db))
    const polluted = await app.pool.connect()
    await polluted.query(`select set_config('app.tenant_id', '${B}', false)`)
    polluted.release()

    for (const name of names) subscribe(name, listener)
    try {
      await app.tenancy.run(A, () => tenantsSeen(db))
      app.tenancy.runAsAdmin(() => undefined, { reason: 'nightly report' })
    } finally {
      for (const name of names) unsubscribe(name, listener)
    }
    expect(events.map(({ name }) => name)).to.deep.equal(['violation', 'statement', 'admin'])
    const [violation, statement, admin] = events.map(({ message }) => message)
    expect(violation).to.deep.include({ found: B })
    const { scope, strategy, durationMs } = statement as StatementEvent
    expect([scope.tenant, strategy]).to.deep.equal([A, 'local'])
    expect(durationMs).to.be.a('number')
    expect(admin).to.deep.equal({ reason: 'nightly report' })
  })
})
