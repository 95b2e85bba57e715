import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { aroundEach, beforeEach, test } from '@vitest/runner'
import Bottleneck from 'bottleneck'
import { expect } from 'chai'
import DataLoader from 'dataloader'
import { promise as fastq } from 'fastq'
import type { Kysely } from 'kysely'
import pLimit from 'p-limit'
import PQueue from 'p-queue'
import { runVitest } from '../../support/run-vitest.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

const PAGE = readFileSync(new URL('../../../docs/contexts.md', import.meta.url), 'utf8')

describe('docs/contexts.md', () => {
  let world: TenantWorld
  let app: TenantDb
  before(async () => {
    world = await createWorld()
    app = openDb(world, { pool: { max: 2 } })
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    await world.drop()
  })

  /** The tenant whose rows are seen, or the code of the error. */
  const seen = (db: Kysely<Tables> = app.db): Promise<string | undefined> =>
    db
      .selectFrom('projects')
      .select('tenant_id')
      .executeTakeFirst()
      .then(
        (row) => row?.tenant_id,
        (error) => error.code,
      )
  const detachedHandle = (tenant: string) =>
    app.tenancy.forTenant(app.db, tenant, { detached: true }) as unknown as Kysely<Tables>
  const inA = <T>(body: () => T) => app.tenancy.run(A, body)
  const inB = <T>(body: () => T) => app.tenancy.run(B, body)
  const bound = <T>(body: () => T) => app.tenancy.bind(body)
  const slow = () => sleep(5)

  /** For each row of the page: the tenants that are seen without and with what it says to write. */
  const ROWS: Readonly<Record<string, () => Promise<unknown>>> = {
    'p-queue': async () => {
      const queue = new PQueue({ concurrency: 1 })
      const first = inA(() => queue.add(slow))
      const waiting = inB(() => [queue.add(() => seen()), queue.add(bound(() => seen()))])
      return [await first, ...(await Promise.all(waiting))]
    },
    'p-limit': async () => {
      const limit = pLimit(1)
      const first = inA(() => limit(slow))
      const waiting = inB(() => [limit(() => seen()), limit(bound(() => seen()))])
      return [await first, ...(await Promise.all(waiting))]
    },
    fastq: async () => {
      const work = async ({ tenant }: { tenant?: string }) => {
        await slow()
        if (tenant === undefined) return seen()
        return app.tenancy.detached(() => app.tenancy.run(tenant, () => seen()))
      }
      const queue = fastq(work, 1)
      const first = inA(() => queue.push({}))
      const waiting = inB(() => [queue.push({}), queue.push({ tenant: B })])
      return [await first, ...(await Promise.all(waiting))]
    },
    bottleneck: async () => {
      const limiter = new Bottleneck({ maxConcurrent: 1 })
      const first = inA(() => limiter.schedule(slow))
      const waiting = inB(() => [
        limiter.schedule(() => seen()),
        limiter.schedule(bound(() => seen())),
      ])
      return [await first, ...(await Promise.all(waiting))]
    },
    DataLoader: async () => {
      const shared = new DataLoader<string, unknown>(async (keys) => {
        const tenant = await seen()
        return keys.map(() => tenant)
      })
      const byTenant = new DataLoader<string, unknown>(async (tenants) =>
        Promise.all(tenants.map((tenant) => seen(detachedHandle(tenant)))),
      )
      const asked = [inA(() => shared.load('1')), inB(() => shared.load('2'))]
      const right = [inA(() => byTenant.load(A)), inB(() => byTenant.load(B))]
      return [await Promise.all(asked), await Promise.all(right)]
    },
    EventEmitter: async () => {
      const emitter = new EventEmitter({ captureRejections: true })
      const heard: Promise<unknown>[] = []
      inA(() => {
        emitter.on('saved', () => heard.push(seen()))
        emitter.on(
          'saved',
          bound(() => heard.push(seen())),
        )
      })
      inB(() => emitter.emit('saved'))
      return Promise.all(heard)
    },
    AbortSignal: async () => {
      const controller = new AbortController()
      const heard: Promise<unknown>[] = []
      inA(() => {
        controller.signal.addEventListener('abort', () => heard.push(seen()))
        controller.signal.addEventListener(
          'abort',
          bound(() => heard.push(seen())),
        )
      })
      inB(() => controller.abort())
      return Promise.all(heard)
    },
    'a timer, `queueMicrotask`, `setImmediate`': async () => {
      let ticks: Promise<unknown>[] = []
      const timers = inA(() => [
        setInterval(() => ticks.push(seen()), 1),
        app.tenancy.detached(() => setInterval(() => ticks.push(inB(() => seen())), 1)),
      ])
      while (ticks.length < 2) await sleep(1)
      for (const timer of timers) clearInterval(timer)
      ticks = [...ticks, inA(() => new Promise((resolve) => queueMicrotask(() => resolve(seen()))))]
      return [...new Set(await Promise.all(ticks))].sort()
    },
    'a worker that the first request starts': async () => {
      const start = () => {
        const emitter = new EventEmitter()
        const loop = async () => {
          const [reply, tenant] = await once(emitter, 'job')
          reply(await (tenant ? app.tenancy.run(tenant, () => seen()) : seen()))
        }
        loop()
        return (...job: unknown[]) => emitter.emit('job', ...job)
      }
      const ask = (send: ReturnType<typeof start>, tenant?: string) =>
        new Promise((resolve) => send(resolve, tenant))
      const lazy = inA(start)
      const detached = inA(() => app.tenancy.detached(start))
      return [await inB(() => ask(lazy)), await inB(() => ask(detached, B))]
    },
    'an async generator': async () => {
      async function* rows() {
        yield await seen()
      }
      const made = inA(() => [rows()])
      const returned = inA(rows)
      const bindable = inA(() => bound(rows))
      return inB(async () => {
        const read: unknown[] = []
        for (const generator of [...made, returned, bindable()]) {
          for await (const tenant of generator) read.push(tenant)
        }
        return read
      })
    },
    'a response stream': async () => {
      async function* rows() {
        yield await seen()
        yield await seen()
      }
      const read = async (stream: Readable) => {
        const chunks: unknown[] = []
        for await (const chunk of stream) chunks.push(chunk)
        return chunks
      }
      const options = { highWaterMark: 1 }
      const made = inA(() => Readable.from(rows(), options))
      const returned = Readable.from(inA(rows), options)
      const ofKysely = inA(() =>
        app.db.selectFrom('projects').select('tenant_id').limit(1).stream(),
      )
      return [await read(made), await read(returned), await Readable.from(ofKysely).toArray()]
    },
    'a worker thread': async () => {
      const code = `
        const { parentPort, workerData } = require('node:worker_threads')
        import(workerData.source).then(({ createTenancy }) => {
          const tenancy = createTenancy({ tables: ['projects'] })
          const found = () => tenancy.current()?.tenant
          parentPort.postMessage([found(), tenancy.run(workerData.tenant, found)])
        })`
      const source = new URL('../../../dist/index.js', import.meta.url).href
      const worker = inA(() => new Worker(code, { eval: true, workerData: { source, tenant: B } }))
      const [found] = await once(worker, 'message')
      await worker.terminate()
      return found
    },
    'hooks of vitest': async () => {
      const found: unknown[] = []
      await runVitest(() => {
        beforeEach(() => inA(() => immediate()))
        test('behind a beforeEach', async () => void found.push(await seen()))
      })
      await runVitest(() => {
        aroundEach((runTest) => inA(runTest))
        test('inside an aroundEach', async () => void found.push(await seen()))
      })
      return found
    },
    '`Promise.all` of two scopes': () => Promise.all([inA(() => seen()), inB(() => seen())]),
  }

  const SEEN: Readonly<Record<string, unknown>> = {
    'p-queue': [undefined, A, B],
    'p-limit': [undefined, B, B],
    fastq: [A, A, B],
    bottleneck: [undefined, A, B],
    DataLoader: [
      [A, A],
      [A, B],
    ],
    EventEmitter: [B, A],
    AbortSignal: [B, A],
    'a timer, `queueMicrotask`, `setImmediate`': [A, B],
    'a worker that the first request starts': [A, B],
    'an async generator': [B, A, A],
    'a response stream': [['TENANT.MISSING', 'TENANT.MISSING'], [A, A], [{ tenant_id: A }]],
    'a worker thread': [undefined, B],
    'hooks of vitest': ['TENANT.MISSING', A],
    '`Promise.all` of two scopes': [A, B],
  }

  for (const [row, run] of Object.entries(ROWS)) {
    it(`is true of ${row}`, async () => {
      expect(await run()).to.deep.equal(SEEN[row])
      expect(PAGE).to.include(`\n| ${row} |`)
    })
  }

  it('has no other rows', () => {
    const table = PAGE.slice(PAGE.indexOf('| code | what happens'), PAGE.indexOf('## Handles'))
    const rows = [...table.matchAll(/^\| (.+?) \|/gm)].map(([, row]) => row)
    expect(rows.slice(1)).to.deep.equal(Object.keys(ROWS))
  })
})
