import { expect } from 'chai'
import { createTenancy } from '../../../src/index.ts'

const tenancy = createTenancy({ tables: ['projects'] })

/** Begins when it is awaited, as a builder of Knex does. */
class Builder implements PromiseLike<string | undefined> {
  // biome-ignore lint/suspicious/noThenProperty: this is what the builders of Knex have
  then<A, B>(
    resolve: ((tenant: string | undefined) => A | PromiseLike<A>) | null,
    reject: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const found = tenancy.current()
    const tenant = found?.kind === 'tenant' ? found.tenant : found?.kind
    return Promise.resolve(tenant).then(resolve, reject)
  }
}

describe('what begins when it is awaited', () => {
  it('begins in the scope of run, runAsAdmin and runGlobal that returns it', async () => {
    const found = await Promise.all([
      tenancy.run('acme', () => new Builder()),
      tenancy.runAsAdmin(() => new Builder()),
      tenancy.runGlobal(() => new Builder()),
    ])
    expect(found).to.deep.equal(['acme', 'admin', 'global'])
  })

  it('begins outside when it is awaited outside', async () => {
    const builder = new Builder()
    expect(await builder).to.equal(undefined)
  })

  it('fails with the error of its then', async () => {
    const broken = {
      // biome-ignore lint/suspicious/noThenProperty: this is what is tested
      then() {
        throw new Error('never began')
      },
    }
    const failed = await Promise.resolve(tenancy.run('acme', () => broken)).catch((error) => error)
    expect(failed.message).to.equal('never began')
  })

  it('runs every step of a generator in the scope that returned it, whatever code asks', async () => {
    async function* rows() {
      try {
        yield tenancy.current()?.tenant
        await undefined
        yield tenancy.current()?.tenant
      } finally {
        seen.push(tenancy.current()?.tenant)
      }
    }
    function* words(): Generator<string | undefined, string, string> {
      return `${tenancy.current()?.tenant} ${yield tenancy.current()?.tenant}`
    }
    const seen: (string | undefined)[] = []
    const ofAcme = tenancy.run('acme', rows)
    const bound = tenancy.run('acme', () => tenancy.bind(rows))
    const detached = tenancy.run('acme', () => tenancy.detached(rows))
    await tenancy.run('globex', async () => {
      for await (const tenant of ofAcme) seen.push(tenant, tenancy.current()?.tenant)
      for await (const tenant of bound()) {
        seen.push(tenant)
        break
      }
      for await (const tenant of detached) seen.push(tenant)
    })
    const expected = ['acme', 'globex', 'acme', 'globex', 'acme', 'acme', 'acme']
    expect(seen).to.deep.equal([...expected, undefined, undefined, undefined])

    const steps = tenancy.run('acme', words)
    expect([steps.next().value, steps.next('sent')]).to.deep.equal([
      'acme',
      { value: 'acme sent', done: true },
    ])
  })

  it('leaves promises and plain values as they are', () => {
    const promise = Promise.resolve(1)
    expect(tenancy.run('acme', () => promise)).to.equal(promise)
    expect(tenancy.run('acme', () => 1)).to.equal(1)
    expect(tenancy.run('acme', () => null)).to.equal(null)
  })
})
