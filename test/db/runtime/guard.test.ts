import { once } from 'node:events'
import { expect } from 'chai'
import { sql } from 'kysely'
import type { TenancyError } from '../../../src/index.ts'
import { createTenancy } from '../../../src/index.ts'
import { withClient } from '../../support/postgres.ts'
import { A, createWorld, openDb, type TenantWorld } from '../../support/tenants.ts'

describe('the guard', () => {
  let world: TenantWorld
  let app = ''
  let helper = ''

  before(async () => {
    world = await createWorld()
    app = `${world.name}_app`
    helper = `${world.name}_helper`
    await change(`create role ${helper}`)
  })
  after(() => world.drop())

  const change = (statement: string) => withClient(world.url, (client) => client.query(statement))

  const tenancy = () =>
    createTenancy({
      tenant: { type: 'text' },
      roles: { admin: `${world.name}_admin` },
      tables: ['projects'],
    })

  /** The outcome of a first statement, twice; no client is lost by it. */
  async function firstStatement(guard?: 'warn' | 'off'): Promise<string | undefined> {
    const opened = openDb(world, { tenancy: tenancy(), dialect: guard ? { guard } : {} })
    const outcome = () =>
      opened.tenancy
        .run(A, () => sql`select 1`.execute(opened.db))
        .then(
          () => undefined,
          (error: TenancyError) => error.code,
        )
    try {
      const first = await outcome()
      expect(await outcome()).to.equal(first)
      expect(opened.pool.waitingCount).to.equal(0)
      return first
    } finally {
      await opened[Symbol.asyncDispose]()
    }
  }

  it('accepts a login that row security binds', async () => {
    expect(await firstStatement()).to.equal(undefined)
  })

  const BYPASSES: readonly [what: string, broken: () => string, mended: () => string][] = [
    ['a superuser', () => `alter role ${app} superuser`, () => `alter role ${app} nosuperuser`],
    ['BYPASSRLS', () => `alter role ${app} bypassrls`, () => `alter role ${app} nobypassrls`],
    [
      'the owner of a table that is not forced',
      () => `alter table projects owner to ${app}, no force row level security`,
      () => `alter table projects owner to postgres, force row level security`,
    ],
    [
      'a member of a role with BYPASSRLS',
      () => `alter role ${helper} bypassrls; grant ${helper} to ${app}`,
      () => `alter role ${helper} nobypassrls; revoke ${helper} from ${app}`,
    ],
    [
      'a member of the admin role',
      () => `grant ${world.name}_admin to ${app}`,
      () => `revoke ${world.name}_admin from ${app}`,
    ],
    [
      'a member of a role whose policy shows every tenant',
      () => `create policy helper on projects for select to ${helper} using (tenant_id is not null);
        grant select on projects to ${helper}; grant ${helper} to ${app}`,
      () => `drop policy helper on projects; revoke select on projects from ${helper};
        revoke ${helper} from ${app}`,
    ],
  ]
  for (const [what, broken, mended] of BYPASSES) {
    it(`refuses ${what}, every time`, async () => {
      await change(broken())
      try {
        expect(await firstStatement()).to.equal('ROLE.BYPASSES_RLS')
        expect(await firstStatement('off')).to.equal(undefined)
      } finally {
        await change(mended())
      }
      expect(await firstStatement()).to.equal(undefined)
    })
  }

  it('accepts the owner of a table that is forced', async () => {
    await change(`alter table projects owner to ${app}`)
    try {
      expect(await firstStatement()).to.equal(undefined)
    } finally {
      await change('alter table projects owner to postgres')
    }
  })

  it('accepts a member of a role whose policies ask for the tenant, or bound it', async () => {
    await change(`create policy helper on projects for select to ${helper}
        using (tenant_id = current_setting('app.tenant_id', true));
      create policy every on projects for select to ${helper} using (true);
      create policy floor on projects as restrictive to ${helper}
        using (tenant_id = current_setting('app.tenant_id', true));
      grant select on projects to ${helper}; grant ${helper} to ${app}`)
    try {
      expect(await firstStatement()).to.equal(undefined)
    } finally {
      await change(`drop policy helper on projects; drop policy every on projects;
        drop policy floor on projects; revoke select on projects from ${helper};
        revoke ${helper} from ${app}`)
    }
  })

  it('refuses connections that come with a tenant, by role or by database', async () => {
    for (const owner of [`role ${app}`, `database ${world.name}`]) {
      await change(`alter ${owner} set app.tenant_id = 'tenant-b'`)
      try {
        expect(await firstStatement()).to.equal('SETTING.HAS_DEFAULT')
      } finally {
        await change(`alter ${owner} reset app.tenant_id`)
      }
    }
  })

  it('warns instead, once, when it is told to', async () => {
    await change(`alter role ${app} bypassrls`)
    try {
      const warned = once(process, 'warning')
      expect(await firstStatement('warn')).to.equal(undefined)
      expect((await warned)[0]).to.have.property('code', 'ROLE.BYPASSES_RLS')
    } finally {
      await change(`alter role ${app} nobypassrls`)
    }
  })
})
