import { context } from '@opentelemetry/api'
import { PgInstrumentation, type PgInstrumentationConfig } from '@opentelemetry/instrumentation-pg'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import AWSXRay from 'aws-xray-sdk-core'
import capturePostgres from 'aws-xray-sdk-postgres'
import { expect } from 'chai'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import {
  createTenancy,
  type DestroyedEvent,
  TenantDialect,
  TenantPlugin,
} from '../../../src/index.ts'
import { eventsOf } from '../../support/events.ts'
import { failure } from '../../support/failure.ts'
import { STRATEGIES, type StrategyName, strategyOptions } from '../../support/strategies.ts'
import { A, B, createWorld, type Tables, type TenantWorld } from '../../support/tenants.ts'

/** What a tracer patches, so that it leaves the pg of the other tests alone. */
interface Patched {
  readonly Client: typeof pg.Client
  readonly Pool: typeof pg.Pool
}

const copyOfPg = (): Patched => ({
  Client: class extends pg.Client {},
  Pool: class extends pg.Pool {},
})

/** Its own are for modules that are loaded later. */
function patchesOf(instrumentation: PgInstrumentation): ((patched: Patched) => void)[] {
  const { init } = instrumentation as unknown as {
    init(): { name: string; patch(module: unknown): unknown }[]
  }
  return init.call(instrumentation).map(
    ({ name, patch }) =>
      (patched) =>
        patch(name === 'pg-pool' ? patched.Pool : patched),
  )
}

const capture = capturePostgres as unknown as (patched: Patched) => void

describe('under a tracer', () => {
  const destroyed = eventsOf<DestroyedEvent>('kysely-tenants:destroyed')
  const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
  let world: TenantWorld

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())

  /** Twenty statements and one of each other kind, each with its tenant, over one connection. */
  const work = async ({ Client, Pool }: Patched, strategy: StrategyName) => {
    const pool = new Pool({ connectionString: world.appUrl, max: 1, Client } as pg.PoolConfig)
    const db = new Kysely<Tables>({
      dialect: new TenantDialect({ tenancy, pool, cursor: Cursor, ...strategyOptions(strategy) }),
      plugins: [new TenantPlugin({ tenancy })],
    })
    const read = db.selectFrom('projects').select('id').orderBy('id')
    let connections = 0
    pool.on('connect', () => connections++)
    try {
      for (let i = 0; i < 20; i++) {
        const rows = await tenancy.run(i % 2 === 0 ? A : B, () => read.execute())
        expect(rows.map(({ id }) => id)).to.deep.equal(i % 2 === 0 ? [1, 2] : [1, 3])
      }
      await tenancy.run(A, async () => {
        const streamed: number[] = []
        for await (const { id } of read.stream(1)) streamed.push(id)
        expect(streamed).to.deep.equal([1, 2])
        await db.transaction().execute(async (trx) => {
          const values = { id: 50, title: 'fifty', tenant_id: A }
          await trx.insertInto('projects').values(values).execute()
          await trx.deleteFrom('projects').where('id', '=', 50).execute()
        })
        expect(await failure(sql`select 1/0`.execute(db))).to.include({ code: '22012' })
        expect((await sql`select ${'value'}::text as value`.execute(db)).rows).to.deep.equal([
          { value: 'value' },
        ])
      })
      expect(connections).to.equal(1)
      expect(destroyed).to.deep.equal([])
    } finally {
      await db.destroy()
    }
  }

  const CONFIGS: Readonly<Record<string, PgInstrumentationConfig>> = {
    'as it is': {},
    'with comments': { addSqlCommenterCommentToQueries: true },
    'with values and hooks': {
      enhancedDatabaseReporting: true,
      requestHook: () => undefined,
      responseHook: () => undefined,
    },
    'with the trace as application_name': { enableTraceContextPropagation: true },
  }

  for (const strategy of STRATEGIES) {
    for (const [how, config] of Object.entries(CONFIGS)) {
      it(`OpenTelemetry, ${how}, strategy ${strategy}`, async () => {
        const exporter = new InMemorySpanExporter()
        const provider = new BasicTracerProvider({
          spanProcessors: [new SimpleSpanProcessor(exporter)],
        })
        const instrumentation = new PgInstrumentation(config)
        instrumentation.setTracerProvider(provider)
        const patched = copyOfPg()
        for (const patch of patchesOf(instrumentation)) patch(patched)
        await context.with(context.active(), () => work(patched, strategy))
        const texts = exporter.getFinishedSpans().flatMap(({ attributes }) => {
          const text = attributes['db.statement'] ?? attributes['db.query.text']
          return typeof text === 'string' && text.startsWith('select "id"') ? [text] : []
        })
        expect(new Set(texts)).to.deep.equal(new Set(['select "id" from "projects" order by "id"']))
        expect(texts.length).to.be.at.least(20)
        await provider.shutdown()
      })
    }

    it(`AWS X-Ray, strategy ${strategy}`, async () => {
      const patched = copyOfPg()
      capture(patched)
      const segment = new AWSXRay.Segment('test')
      const namespace = AWSXRay.getNamespace()
      await new Promise<void>((resolve, reject) => {
        namespace.run(() => {
          AWSXRay.setSegment(segment)
          work(patched, strategy).then(resolve, reject)
        })
      })
      expect(segment.subsegments?.length).to.be.at.least(20)
    })
  }
})
