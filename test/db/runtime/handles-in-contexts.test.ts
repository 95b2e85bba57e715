import { expect } from 'chai'
import type { Kysely } from 'kysely'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

describe('docs/contexts.md, handles', () => {
  let world: TenantWorld
  let app: TenantDb
  before(async () => {
    world = await createWorld()
    app = openDb(world)
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    await world.drop()
  })

  it('is true of every cell', async () => {
    const { db, tenancy } = app
    const make = {
      plain: () => tenancy.forTenant(db, A) as unknown as Kysely<Tables>,
      detached: () => tenancy.forTenant(db, A, { detached: true }) as unknown as Kysely<Tables>,
      admin: () => tenancy.forAdmin(db) as unknown as Kysely<Tables>,
    }
    const impersonated = <T>(body: () => T) =>
      tenancy.impersonate(A, { actor: 'sue', reason: 'ticket 7' }, body)
    const write = (handle: Kysely<Tables>) =>
      handle
        .updateTable('projects')
        .set({ title: 'x' })
        .where('id', '=', 99)
        .execute()
        .then(
          () => 'works',
          (error) => error.code,
        )
    const cells = async (made: () => Kysely<Tables>) => {
      const handle = made()
      return [
        await tenancy.run(B, () => write(handle)),
        await tenancy.runGlobal(() => write(handle)),
        await tenancy.runAsAdmin(() => write(handle)),
        await write(handle),
        await impersonated(() => write(handle)),
        await impersonated(() => write(made())),
      ]
    }
    const refused = 'TENANT.MISMATCH'
    const readOnly = '25006'
    expect([
      await cells(make.plain),
      await cells(make.detached),
      await cells(make.admin),
    ]).to.deep.equal([
      [refused, 'works', 'works', 'works', refused, readOnly],
      ['works', 'works', 'works', 'works', 'works', readOnly],
      ['works', 'works', 'works', 'works', refused, refused],
    ])
  })
})
