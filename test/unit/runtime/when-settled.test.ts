import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import type { AdminEvent } from '../../../src/runtime/channels.ts'
import { createScopes } from '../../../src/runtime/tenancy.ts'
import { whenSettled } from '../../../src/runtime/when-settled.ts'

describe('whenSettled', () => {
  let ends: number
  const end = () => {
    ends++
  }
  beforeEach(() => {
    ends = 0
  })

  async function* pages() {
    yield 1
    yield 2
  }
  function* numbers() {
    yield 1
    yield 2
  }
  async function* failing() {
    yield 1
    throw new Error('broken')
  }

  it('waits for the last step of an async generator', async () => {
    const seen: unknown[] = []
    for await (const page of whenSettled(pages, end)) seen.push(page, ends)
    expect([seen, ends]).to.deep.equal([[1, 0, 2, 0], 1])
  })

  it('waits for the last step of a generator', () => {
    const seen: unknown[] = []
    for (const number of whenSettled(numbers, end)) seen.push(number, ends)
    expect([seen, ends]).to.deep.equal([[1, 0, 2, 0], 1])
  })

  it('ends when a loop over either is left early', async () => {
    for await (const _ of whenSettled(pages, end)) break
    expect(ends).to.equal(1)
    for (const _ of whenSettled(numbers, end)) break
    expect(ends).to.equal(2)
  })

  it('ends once when a generator fails, is thrown into, or is returned before its first step', async () => {
    const steps = whenSettled(failing, end)
    await steps.next()
    const failure = await steps.next().catch((error: Error) => error.message)
    await steps.return(undefined)
    expect([failure, ends]).to.deep.equal(['broken', 1])

    await whenSettled(pages, end)
      .throw(new Error('left'))
      .catch(() => undefined)
    whenSettled(numbers, end).return(undefined)
    expect(ends).to.equal(3)
  })

  it('waits until a stream of Node has closed', async () => {
    const stream = whenSettled(() => new PassThrough(), end)
    const closed = new Promise((resolve) => stream.once('close', resolve))
    expect(ends).to.equal(0)
    stream.destroy()
    await closed
    expect(ends).to.equal(1)
  })

  it('waits for a promise, and for nothing behind an error or a value', async () => {
    const failed = whenSettled(() => Promise.reject(new Error('broken')), end)
    expect(ends).to.equal(0)
    expect(await failed.catch((error: Error) => error.message)).to.equal('broken')
    expect(ends).to.equal(1)
    expect(() =>
      whenSettled(() => {
        throw new Error('thrown')
      }, end),
    ).to.throw('thrown')
    expect([whenSettled(() => [1].values(), end).next().value, ends]).to.deep.equal([1, 3])
  })

  it('decides when the end of an impersonation is published', async () => {
    const { current, impersonate } = createScopes({ tables: ['projects'] })
    const seen: unknown[] = []
    const listen = (event: unknown) => seen.push((event as AdminEvent).impersonation?.phase)
    subscribe('kysely-tenants:admin', listen)
    try {
      const tenants = impersonate('acme', { actor: 'sue', reason: 'ticket 7' }, async function* () {
        yield current()?.tenant
      })
      for await (const tenant of tenants) seen.push(tenant)
    } finally {
      unsubscribe('kysely-tenants:admin', listen)
    }
    expect(seen).to.deep.equal(['begin', 'acme', 'end'])
  })
})
