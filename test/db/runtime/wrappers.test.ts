import { expect } from 'chai'
import { sql } from 'kysely'
import pg from 'pg'
import type { DestroyedEvent } from '../../../src/index.ts'
import { CLEAN, describeStrategies } from '../../support/driver-bench.ts'
import { eventsOf } from '../../support/events.ts'
import { failure } from '../../support/failure.ts'
import { backendOf } from '../../support/fault-bench.ts'
import { withClient } from '../../support/postgres.ts'
import { A, B, nextUser, type TenantDb } from '../../support/tenants.ts'

type Query = (this: pg.Client, ...args: unknown[]) => unknown
type Wrapper = (query: Query) => Query

interface Config {
  text: string
  values?: unknown[]
  callback?: (...args: unknown[]) => void
}

const isConfig = (arg: unknown): arg is Config => typeof arg === 'object' && arg !== null

/** They hand on what they were given, if late or changed. */
const TAKEN: Readonly<Record<string, Wrapper>> = {
  'passes on what it gets': (query) =>
    function (...args) {
      return query.apply(this, args)
    },
  'wraps the callback in place': (query) =>
    function (...args) {
      const [config] = args
      if (isConfig(config) && config.callback) {
        const { callback } = config
        config.callback = (...results) => callback(...results)
      }
      return query.apply(this, args)
    },
  'adds a comment in place': (query) =>
    function (...args) {
      const [config] = args
      if (isConfig(config) && config.text) config.text = `${config.text} /* traced */`
      return query.apply(this, args)
    },
  'adds another comment each time': (query) => {
    let times = 0
    return function (...args) {
      const [config] = args
      if (isConfig(config) && config.text) config.text = `${config.text} /* trace ${++times} */`
      return query.apply(this, args)
    }
  },
  'defines the text anew': (query) =>
    function (...args) {
      const [config] = args
      if (isConfig(config)) {
        const { text } = config
        Object.defineProperty(config, 'text', { get: () => `${text} /* traced */` })
      }
      return query.apply(this, args)
    },
  'copies what has no name, for a comment': (query) =>
    function (config, ...args) {
      const isUnnamed = isConfig(config) && (config as { name?: string }).name === undefined
      const copy = isUnnamed
        ? { ...(config as Config), text: `${config.text} /* traced */` }
        : config
      return query.call(this, copy, ...args)
    },
  // As elastic-apm-node 4 does, in lib/instrumentation/modules/pg.js.
  'listens to what it returns': (query) =>
    function (...args) {
      const returned = query.apply(this, args) as NodeJS.EventEmitter
      if (typeof returned?.on === 'function') {
        returned.on('end', () => undefined)
        returned.on('error', () => undefined)
      }
      return returned
    },
  // As dd-trace 5 and 6 do, in packages/datadog-instrumentations/src/pg.js.
  'wraps the callback of what stands in the queue': (query) =>
    function (...args) {
      const returned = query.apply(this, args)
      const { _queryQueue: queue = [], _activeQuery: active } = this as unknown as {
        _queryQueue?: Config[]
        _activeQuery?: Config
      }
      const last = queue.at(-1) ?? active
      if (last?.callback) {
        const { callback } = last
        last.callback = (...results) => callback(...results)
      }
      return returned
    },
  'is late': (query) =>
    async function (...args) {
      await new Promise(setImmediate)
      return query.apply(this, args)
    },
  'sends a statement of its own in front': (query) =>
    function (...args) {
      query.call(this, `set application_name = 'traced'`, () => undefined)
      return query.apply(this, args)
    },
}

/** They do not. */
const REFUSED: Readonly<Record<string, Wrapper>> = {
  'spreads the object': (query) =>
    function (config, ...args) {
      return query.call(this, isConfig(config) ? { ...config } : config, ...args)
    },
  'spreads the object with a comment': (query) =>
    function (config, ...args) {
      const copy = isConfig(config) ? { ...config, text: `${config.text} -- traced` } : config
      return query.call(this, copy, ...args)
    },
  'assigns the object to another of its class': (query) =>
    function (config, ...args) {
      const copy = isConfig(config)
        ? Object.assign(Object.create(Object.getPrototypeOf(config)), config)
        : config
      return query.call(this, copy, ...args)
    },
  'takes text and values out of it': (query) =>
    function (config, ...args) {
      if (!isConfig(config)) return query.call(this, config, ...args)
      return query.call(this, { text: config.text, values: config.values })
    },
  'hands on text and values': (query) =>
    function (config, ...args) {
      if (!isConfig(config)) return query.call(this, config, ...args)
      return query.call(this, config.text, config.values)
    },
  'makes another query of it': (query) =>
    function (config, ...args) {
      if (!isConfig(config)) return query.call(this, config, ...args)
      const { text, values } = config
      const other = new pg.Query({ text, values } as never)
      other.on('error', () => undefined)
      return query.call(this, other)
    },
  'copies it late': (query) =>
    async function (config, ...args) {
      await new Promise(setImmediate)
      return query.call(this, isConfig(config) ? { ...config } : config, ...args)
    },
  throws: () => () => {
    throw new Error('not today')
  },
  rejects: () => async () => {
    throw new Error('not today')
  },
  'does nothing': () => () => undefined,
}

describeStrategies('a wrapper around client.query', (bench) => {
  const destroyed = eventsOf<DestroyedEvent>('kysely-tenants:destroyed')
  let app: TenantDb

  const open = (wrap: Wrapper, options?: Parameters<typeof bench.open>[0]) => {
    app = bench.open(options)
    let isWrapped = true
    app.pool.on('connect', (client) => {
      const wrapped = wrap(client.query as never)
      const plain = client.query
      client.query = function (this: pg.Client, ...args: unknown[]) {
        return (isWrapped ? wrapped : (plain as never as Query)).apply(this, args)
      } as never
    })
    return () => {
      isWrapped = false
    }
  }
  afterEach(() => app[Symbol.asyncDispose]())

  const inA = <T>(body: () => Promise<T>) => app.tenancy.run(A, body)
  const insert = (id: number) =>
    app.db.insertInto('projects').values({ id, title: 't', tenant_id: A }).execute()
  const stored = () =>
    withClient(bench.world.url, async (admin) => {
      const { rows } = await admin.query('delete from projects where id >= 50 returning id')
      return rows.map(({ id }) => id).sort()
    })
  const streamed = async () => {
    const ids: number[] = []
    for await (const { id } of app.db.selectFrom('projects').select('id').orderBy('id').stream(1)) {
      ids.push(id)
    }
    return ids
  }

  for (const [what, wrap] of Object.entries(TAKEN)) {
    it(`that ${what}: 20 statements, transactions and streams, one connection`, async () => {
      open(wrap)
      const pid = await inA(() => backendOf(app.db))
      for (let i = 0; i < 20; i++) {
        const ids = await app.tenancy.run(i % 2 === 0 ? A : B, streamed)
        expect(ids).to.deep.equal(i % 2 === 0 ? [1, 2] : [1, 3])
        // From the second time on it has a name.
        expect(await inA(() => backendOf(app.db))).to.equal(pid)
      }
      await inA(() => insert(50))
      await inA(() => app.db.transaction().execute((trx) => sql`select 1`.execute(trx)))
      expect(await failure(inA(() => sql`select 1/0`.execute(app.db)))).to.include({
        code: '22012',
      })
      expect(await inA(() => backendOf(app.db))).to.equal(pid)
      expect(await stored()).to.deep.equal([50])
      expect(destroyed).to.deep.equal([])
    })
  }

  for (const [what, wrap] of Object.entries(REFUSED)) {
    it(`that ${what} is found out: nothing is sent, and the client is destroyed`, async function () {
      this.timeout(10_000)
      const unwrap = open(wrap, { dialect: { guard: 'off' } })
      for (const run of [
        () => insert(50),
        () => app.db.transaction().execute(() => insert(51)),
        () => app.db.insertInto('countries').values({ code: 'de' }).execute(),
        streamed,
      ]) {
        const start = performance.now()
        const error = await failure(inA<unknown>(run))
        expect(error, String(error)).to.include({ code: 'CONNECTION.WRAPPED' })
        expect(performance.now() - start).to.be.below(3000)
      }
      expect(destroyed.length).to.be.at.least(4)
      expect(app.pool.waitingCount).to.equal(0)
      unwrap()
      expect(await stored()).to.deep.equal([])
      expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
      expect(await app.tenancy.run(B, streamed)).to.deep.equal([1, 3])
      const { rows } = await inA(() => sql`select * from countries`.execute(app.db))
      expect(rows).to.deep.equal([{ code: 'at' }])
    })
  }
})
