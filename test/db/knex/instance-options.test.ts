import { expect } from 'chai'
import type { Knex } from 'knex'
import { createTenancy, tenantClient } from '../../../src/knex/index.ts'
import { told } from '../../support/knex-behaviours/behaviour.ts'
import { KNEXES } from '../../support/tenant-knex.ts'
import { A, createWorld, type TenantWorld } from '../../support/tenants.ts'

const SILENT = { warn: () => undefined, error: () => undefined }
const titles = (db: Knex) => db('projects').orderBy('id').pluck('title')

interface Trial {
  /** Made anew for each instance: `heard` is what its functions note. */
  config(heard: unknown[], connection: object): Partial<Knex.Config>
  run(db: Knex): unknown
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const camel = (name: string) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

const TRIALS: Readonly<Record<string, Trial>> = {
  'postProcessResponse and wrapIdentifier, with the context of the query': {
    config: (heard) => ({
      wrapIdentifier: (name, wrap, context) => {
        if (context) heard.push(['wrap', name, context])
        return wrap(snake(name))
      },
      postProcessResponse: (result, context) => {
        if (context) heard.push(['result', context])
        const rename = (found: object) =>
          Object.fromEntries(Object.entries(found).map(([key, value]) => [camel(key), value]))
        return Array.isArray(result) ? result.map(rename) : result
      },
    }),
    run: async (db) => [
      await db('projects').select('tenantId', 'id').orderBy('id').queryContext({ of: 'test' }),
      await db.transaction((trx) =>
        trx('projects').where({ tenantId: A, id: 1 }).first('tenantId'),
      ),
    ],
  },
  'searchPath of the connection': {
    config: () => ({ searchPath: ['attic', 'public'] }),
    run: async (db) => [await titles(db), (await db.raw('show search_path')).rows],
  },
  'a connection that a function gives, and that expires': {
    config: (heard, connection) => ({
      connection: async () => {
        heard.push('asked')
        // The first one has expired when it is asked for again.
        return { ...connection, expirationChecker: () => heard.length === 1 }
      },
    }),
    run: async (db) => [await titles(db), await titles(db)],
  },
  'afterCreate with a callback': {
    config: (heard) => ({
      pool: {
        min: 0,
        max: 1,
        afterCreate: (client: { query: CallableFunction }, done: CallableFunction) =>
          client.query(`set application_name = 'hook'`, (error: unknown) => {
            heard.push('created')
            done(error, client)
          }),
      },
    }),
    run: async (db) => [await titles(db), (await db.raw('show application_name')).rows],
  },
  'afterCreate that fails': {
    config: () => ({
      pool: {
        min: 0,
        max: 1,
        // Knex leaves the connection open.
        afterCreate: (client: { end: CallableFunction }, done: CallableFunction) =>
          client.end(() => done(new Error('of the hook'))),
      },
      acquireConnectionTimeout: 100,
      log: SILENT,
    }),
    run: (db) => told(() => titles(db)),
  },
  'a pool with validation and log': {
    config: () => ({ pool: { min: 1, max: 2, idleTimeoutMillis: 10 }, log: SILENT }),
    run: async (db) => [await titles(db), await titles(db)],
  },
  'stacks of the caller in errors': {
    config: () => ({ asyncStackTraces: true }),
    run: async (db) => {
      const stack = await db.raw('selekt').then(
        () => '',
        (error: Error) => error.stack,
      )
      return /instance-options\.test/.test(stack ?? '')
    },
  },
  'values kept out of messages': {
    config: () => ({ compileSqlOnError: false }),
    run: (db) => told(() => db.raw('select 1 / ?::int', [0])),
  },
  'an end, and a new pool': {
    config: () => ({}),
    run: async (db) => {
      const first = await titles(db)
      await db.destroy()
      db.initialize()
      return [first, await titles(db)]
    },
  },
}

for (const [version, knex] of Object.entries(KNEXES)) {
  describe(`options of an instance, as without a tenant, with Knex ${version}`, () => {
    let world: TenantWorld
    before(async () => {
      world = await createWorld()
    })
    after(() => world.drop())
    const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })

    for (const [title, trial] of Object.entries(TRIALS)) {
      it(title, async () => {
        const run = async (client: string | typeof Knex.Client, options?: string) => {
          const heard: unknown[] = []
          const connection = { connectionString: world.appUrl, ...(options && { options }) }
          const db = knex({
            client,
            connection,
            pool: { min: 0, max: 1 },
            ...trial.config(heard, connection),
          })
          try {
            return { result: await trial.run(db), heard }
          } finally {
            await db.destroy()
          }
        }
        const wanted = await run('pg', `-c app.tenant_id=${A}`)
        const client = tenantClient({ tenancy, knex })
        expect(await tenancy.run(A, () => run(client))).to.deep.equal(wanted)
      })
    }
  })
}
