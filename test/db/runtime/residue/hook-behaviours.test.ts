import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { CompiledQuery, type DatabaseConnection } from 'kysely'
import type pg from 'pg'
import type { Guard, TenantPoolConfig } from '../../../../src/index.ts'
import { describeStrategies } from '../../../support/driver-bench.ts'
import { tenantsSeen } from '../../../support/fault-bench.ts'
import { casesFor } from '../../../support/residue-bench.ts'
import { A, B, type TenantDb } from '../../../support/tenants.ts'

const [STATEMENTS, SETTLED_MS] = [20, 3000]
const SET = `set statement_timeout = '90s'`

type Send = (text: string) => Promise<unknown>

/** What a hook may do, with all that its statements come to. */
const BEHAVIOURS = {
  sets: (send: Send) => send(SET),
  'sets late': async (send: Send) => {
    await turn()
    await send(SET)
    await turn()
    await send('select 1')
  },
  throws: async () => {
    throw new Error('of the hook')
  },
  'fails on the server': (send: Send) => send('select 1/0'),
  hangs: () => new Promise(() => undefined),
} as const

type Behaviour = keyof typeof BEHAVIOURS
type Hooks = Pick<TenantPoolConfig, 'onCreateConnection' | 'onReserveConnection'>
type SetHook = (app: TenantDb) => void

const ALL = Object.keys(BEHAVIOURS) as Behaviour[]
const FEW: readonly Behaviour[] = ['sets', 'throws']

const KYSELY_HOOKS = ['onCreateConnection', 'onReserveConnection'] as const
const POOL_HOOKS = ['connect', 'acquire', 'release'] as const

/** A hook of the pool is not waited for; one of Kysely's that fails, fails its statement. */
const OF_KYSELY: Readonly<Record<Behaviour, readonly string[]>> = {
  sets: [],
  'sets late': [],
  throws: ['of the hook'],
  'fails on the server': ['22012'],
  hangs: ['CONNECTION.BUSY'],
}

describeStrategies('whatever a hook does', (bench) => {
  /** One after the other: the errors by code or message, and the clients that were made. */
  const run = async (app: TenantDb) => {
    let clients = 0
    app.pool.on('connect', () => clients++)
    const start = performance.now()
    const errors = new Set<string>()
    for (let i = 0; i < STATEMENTS; i++) {
      const tenant = i % 2 === 0 ? A : B
      try {
        const seen = await app.tenancy.run(tenant, () => tenantsSeen(app.db))
        expect(seen).to.deep.equal([tenant])
      } catch (error) {
        const { code, message } = error as Error & { code?: string }
        errors.add(code ?? message)
      }
      expect(app.pool.totalCount).to.be.at.most(2)
    }
    expect(performance.now() - start).to.be.below(SETTLED_MS)
    return { errors: [...errors], clients }
  }

  const using = async (guard: Guard, behaviour: Behaviour, hooks: Hooks, set: SetHook) => {
    // Of a hook that hangs the limit is waited for.
    const connectionTimeoutMillis = behaviour === 'hangs' ? 60 : SETTLED_MS
    const app = bench.open({
      // `session` has a client back when it is clean: until then a statement takes another.
      pool: { max: bench.strategy === 'session' ? 2 : 5, connectionTimeoutMillis },
      dialect: { guard, ...hooks },
    })
    try {
      set(app)
      return await run(app)
    } finally {
      await app[Symbol.asyncDispose]()
    }
  }

  for (const behaviour of casesFor(bench.strategy, { all: ALL, few: FEW })) {
    const act: (send: Send) => Promise<unknown> = BEHAVIOURS[behaviour]
    // Without a guard the first statement of a connection is that of the tenant.
    for (const guard of ['error', 'off'] satisfies Guard[]) {
      const title = `${behaviour}, guard ${guard}: ${STATEMENTS} statements settle, and harm no client that is sound`

      for (const hook of KYSELY_HOOKS) {
        it(`${hook} ${title}`, async () => {
          const call = async (connection: DatabaseConnection) => {
            await act((text) => connection.executeQuery(CompiledQuery.raw(text)))
          }
          const { errors, clients } = await using(guard, behaviour, { [hook]: call }, () => {})
          expect(errors).to.include.members(OF_KYSELY[behaviour])
          if (OF_KYSELY[behaviour].length > 0) return
          expect(errors).to.deep.equal([])
          expect(clients).to.be.at.most(2)
        })
      }

      for (const hook of POOL_HOOKS) {
        it(`pool.on('${hook}') ${title}`, async () => {
          const call = (client: pg.PoolClient) =>
            void act((text) => client.query(text)).catch(() => undefined)
          const { errors, clients } = await using(guard, behaviour, {}, ({ pool }) => {
            if (hook === 'release') pool.on(hook, (_, client) => call(client))
            else pool.on(hook, call)
          })
          expect(errors).to.deep.equal([])
          expect(clients).to.be.at.most(2)
        })
      }
    }
  }
})
