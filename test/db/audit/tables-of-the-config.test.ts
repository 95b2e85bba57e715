import { expect } from 'chai'
import { audit } from '../../../src/audit/audit.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { failure } from '../../support/failure.ts'
import { createIdTypeWorld } from '../../support/id-type-world.ts'
import { withClient } from '../../support/postgres.ts'
import type { TenantWorld } from '../../support/tenants.ts'

describe('the tables of the config', () => {
  let world: TenantWorld

  before(async () => {
    world = await createIdTypeWorld()
  })
  after(() => world.drop())

  const config = (tables: object) => parseConfig({ roles: { app: `${world.name}_app` }, tables })
  const mismatch = async (tables: object) => {
    const error = await withClient(world.url, (client) => failure(audit(client, config(tables))))
    expect(error.code).to.equal('CATALOG.MISMATCH')
    return error.message
  }

  it('a table without the tenant column is found, named with its column', async () => {
    const tables = { countries: {} }
    const { findings } = await withClient(world.url, (client) => audit(client, config(tables)))
    const missing = findings.filter(({ check }) => check === 'tenant-column-missing')
    expect(missing.map(({ level, object }) => ({ level, object }))).to.deep.equal([
      { level: 'critical', object: 'public.countries' },
    ])
    expect(missing[0]?.summary).to.include('tenant_id')
  })

  it('a tenant column of a type that cannot hold ids is found, and the type is named', async () => {
    const { findings } = await withClient(world.url, async (client) => {
      await client.query('create table floats (tenant_id float8 primary key)')
      return audit(client, config({ floats: {} }))
    })
    const mistyped = findings.filter(({ check }) => check === 'tenant-column-type')
    expect(mistyped.map(({ object, summary }) => `${object}: ${summary}`)).to.deep.equal([
      'public.floats: tenant_id is double precision, which no tenant is.',
    ])
  })

  it('what is no table, or is not there, is an error', async () => {
    await withClient(world.url, (client) =>
      client.query('create view titles as select title, tenant_id from projects'),
    )
    expect(await mismatch({ titles: {} })).to.include('public.titles is a view')
    expect(await mismatch({ nowhere: {} })).to.include('Table public.nowhere is missing.')
  })

  it('a table with a tenant column that is not listed is not planned, and is found', async () => {
    const { findings } = await withClient(world.url, (client) =>
      audit(client, config({ tickets: {} })),
    )
    const unlisted = findings.filter((f) => f.check === 'unlisted-table-with-tenant-column')
    expect(unlisted.map(({ object }) => object)).to.include('public.projects')
  })

  it('a table that the app reaches without row security is found', async () => {
    const { findings } = await withClient(world.url, (client) =>
      audit(client, config({ tickets: {} })),
    )
    const reached = findings.filter(({ check }) => check === 'unclassified-table')
    expect(reached.map(({ object }) => object)).to.include('public.countries')
  })
})
