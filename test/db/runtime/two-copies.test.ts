import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { createTenancy } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

describe('two copies of the package', () => {
  let world: TenantWorld
  let app: TenantDb

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())
  beforeEach(() => {
    app = openDb(world)
  })
  afterEach(() => app[Symbol.asyncDispose]())

  it('have one scope', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-copy-'))
    try {
      const root = fileURLToPath(new URL('../../..', import.meta.url))
      cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true })
      cpSync(join(root, 'package.json'), join(folder, 'package.json'))
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
      const copy: typeof import('../../../src/index.ts') = await import(
        join(folder, 'src/index.ts')
      )
      expect(copy.createTenancy).not.to.equal(createTenancy)

      const other = copy.createTenancy({ tables: ['projects'] })
      const ids = other.run(A, () => app.db.selectFrom('projects').select('id').execute())
      expect(await ids).to.deep.equal([{ id: 1 }, { id: 2 }])
      const nested = await other
        .run(A, async () => app.tenancy.run(B, () => undefined))
        .catch((error: unknown) => error)
      expect(copy.isTenancyError(nested) && nested.code).to.equal('TENANT.MISMATCH')
      const write = () => app.db.insertInto('countries').values({ code: 'xx' }).execute()
      const written = other.impersonate(A, { actor: 'sue', reason: 'ticket 7' }, () =>
        failure(app.tenancy.run(A, write)),
      )
      expect((await written).code).to.equal('25006')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
