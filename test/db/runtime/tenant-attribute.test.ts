import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { expect } from 'chai'
import type { Kysely } from 'kysely'
import type { StatementEvent } from '../../../src/index.ts'
import { describeStrategies } from '../../support/driver-bench.ts'
import { A, B, type Tables } from '../../support/tenants.ts'

// As docs/runtime.md writes it.
function nameTenant(message: unknown): void {
  const { scope } = message as StatementEvent
  if (scope.kind === 'tenant') trace.getActiveSpan()?.setAttribute('tenant.id', scope.tenant)
}

describeStrategies('the span around a statement', (bench) => {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const tracer = provider.getTracer('test')

  before(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    subscribe('kysely-tenants:statement', nameTenant)
  })
  after(() => {
    unsubscribe('kysely-tenants:statement', nameTenant)
    context.disable()
  })
  beforeEach(() => exporter.reset())

  const span = async (name: string, body: () => Promise<unknown>) => {
    const opened = tracer.startSpan(name)
    await context.with(trace.setSpan(context.active(), opened), body)
    opened.end()
  }
  const read = (db: Kysely<Tables>) => db.selectFrom('projects').select('id').execute()
  const named = () =>
    exporter
      .getFinishedSpans()
      .map(({ name, attributes }) => [name, attributes['tenant.id']])
      .sort()

  it('has the tenant, of requests that share a connection', async () => {
    const request = (name: string, tenant: string) =>
      span(name, () => bench.app.tenancy.run(tenant, () => read(bench.db)))
    await Promise.all([request('first', A), request('second', B), request('third', A)])
    expect(named()).to.deep.equal([
      ['first', A],
      ['second', B],
      ['third', A],
    ])
  })

  it('is that of each statement where several run at once in a transaction, and of its commit', async () => {
    await bench.app.tenancy.run(A, async () => {
      const names = ['one', 'two', 'three']
      await bench.db
        .transaction()
        .execute((trx) => Promise.all(names.map((name) => span(name, () => read(trx)))))
    })
    expect(named()).to.deep.equal([
      ['one', A],
      ['three', A],
      ['two', A],
    ])
  })
})
