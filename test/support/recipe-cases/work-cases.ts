import { once } from 'node:events'
import { withClient } from '../postgres.ts'
import { A, B, type RecipeCases, type RecipeWorld } from '../recipe-world.ts'

/** Heading → the recipe about tenants, requests and jobs, run. */
export function workCases(world: RecipeWorld): RecipeCases {
  const { add, db, inA, inB, ofTenant, stored, tenancy } = world
  return {
    'The tenant of a hostname': async ({ tenantOfRequest }) => {
      const hosts = [`${A}.example.com`, 'unknown.example.com']
      const found = hosts.map((host) => tenantOfRequest(new Request(`https://${host}/x`)))
      return [await Promise.all(found), [A, undefined]]
    },
    'API keys': async ({ createKey, tenantOfKey }) => {
      const key = await inB(() => createKey())
      return [
        [await tenantOfKey(key), await tenantOfKey(`${key}x`)],
        [B, undefined],
      ]
    },
    Memberships: async ({ enter, tenantsOf }) => {
      for (const tenant of [A, B]) {
        await tenancy.run(tenant, () =>
          db.insertInto('memberships').values({ user_id: 'ann' }).execute(),
        )
      }
      const respond = async () => Response.json(tenancy.current()?.tenant)
      const own = await enter('ann', B, respond)
      const refused = [await enter('bob', B, respond), await enter('ann', 'none', respond)]
      return [
        [(await tenantsOf('ann')).sort(), await own.json(), refused.map(({ status }) => status)],
        [[A, B], B, [404, 404]],
      ]
    },
    'Create a tenant': async ({ createTenant }) => {
      const tenant = await createTenant('new.example.com', 'eve')
      return [await ofTenant(tenant), { tenants: ['new.example.com'], memberships: ['eve'] }]
    },
    'Delete a tenant': async ({ deleteTenant }) => {
      const tenant = 'to-go'
      const before = await stored('')
      await tenancy.run(tenant, async () => {
        await db.insertInto('tenants').values({ hostname: tenant }).execute()
        await add('goes with it')
      })
      const { numDeletedRows } = await deleteTenant(tenant)
      return [
        [numDeletedRows, await stored(''), await ofTenant(tenant)],
        [1n, before, { tenants: [], memberships: [] }],
      ]
    },
    'Seeds and fixtures': async ({ seed, seedAll }) => {
      await seed(A, ['seed 1', 'seed 2'])
      await seedAll([
        { tenant_id: A, title: 'seed 3' },
        { tenant_id: B, title: 'seed 4' },
      ])
      const rows = [`${A} seed 1`, `${A} seed 2`, `${A} seed 3`, `${B} seed 4`]
      return [await stored('seed'), rows]
    },
    'A body that is streamed': async ({ exportProjects }) => {
      const id = await tenancy.run('streams', async () => {
        await db.insertInto('tenants').values({ hostname: 'streams' }).execute()
        return add('streamed')
      })
      const lines: string[] = []
      for await (const line of exportProjects('streams')) lines.push(line)
      return [lines, [`{"id":"${id}","title":"streamed"}\n`]]
    },
    'A job for every tenant': async ({ forEachTenant }) => {
      const failure = new Error('the job of globex fails')
      const failed = await forEachTenant(async () => {
        const tenant = tenancy.current()?.tenant
        if (tenant === B) throw failure
        if (tenant === A) await add('nightly')
      })
      return [
        [failed, await stored('nightly')],
        [[[B, failure]], [`${A} nightly`]],
      ]
    },
    'A job queue': async ({ addJob, onJob }) => {
      const queue: object[] = []
      const send = async (job: object) => void queue.push(job)
      await inA(() => addJob(send, 'queued'))
      await inB(() => tenancy.detached(() => Promise.all(queue.map((job) => onJob(job)))))
      return [await stored('queued'), [`${A} queued`]]
    },
    'A DataLoader, as for GraphQL': async ({ projectLoader }) => {
      const [mine, theirs] = [await inA(() => add('loaded')), await inB(() => add('loaded'))]
      const loader = projectLoader(A)
      const loaded = await inB(() => Promise.all([loader.load(theirs), loader.load(mine)]))
      return [loaded, [null, { id: mine, title: 'loaded' }]]
    },
    'A cache': async ({ cached }) => {
      const load = async () => tenancy.current()?.tenant
      const seen = [await inA(() => cached('x', load)), await inB(() => cached('x', load))]
      const again = await inA(() => cached('x', async () => 'loaded again'))
      const outside = await Promise.resolve()
        .then(() => cached('x', load))
        .catch(({ message }) => message)
      return [
        [...seen, again, outside],
        [A, B, A, 'no tenant for the cached x'],
      ]
    },
    'LISTEN and NOTIFY': async ({ announce, listen }) =>
      withClient(world.url, async (listener) => {
        const heard: unknown[] = []
        const onProject = async (id: string) => void heard.push([tenancy.current()?.tenant, id])
        await listen(listener, onProject)
        const notified = once(listener, 'notification')
        await inB(() => announce('7'))
        await notified
        return [heard, [[B, '7']]]
      }),
  }
}
