import { readdirSync } from 'node:fs'
import { expect } from 'chai'
import { loadWithout } from '../../support/load-without.ts'

const RUNTIME = new URL('../../../src/runtime', import.meta.url)
const FILES = readdirSync(RUNTIME, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `runtime/${file}`)

describe('P10 what an application loads', () => {
  it('is src/runtime without kysely, knex and pg', () => {
    expect(loadWithout(['kysely', 'knex', 'pg'], FILES)).to.equal(FILES.length)
  })

  it('is the layer of Kysely without knex, and not without kysely', () => {
    expect(loadWithout(['knex', 'pg', 'pg-query-stream'], ['index.ts'])).to.equal(1)
    expect(() => loadWithout(['kysely'], ['index.ts'])).to.throw('kysely is not installed')
  })

  it('is the layer of Knex without kysely, and not without knex', () => {
    expect(loadWithout(['kysely', 'pg-query-stream'], ['knex/index.ts'])).to.equal(1)
    expect(() => loadWithout(['knex'], ['knex/index.ts'])).to.throw('knex is not installed')
  })
})
