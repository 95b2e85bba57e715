import { once } from 'node:events'
import http from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { withClient } from '../support/postgres.ts'
import { type ExampleWorld, TENANTS } from './world.ts'

const REQUESTS_PER_TENANT = 200
const AT_ONCE = 60
const LINES = 5

interface Answer {
  readonly status: number
  readonly text: string
}

type Send = (path: string, options: Options) => Promise<Answer>

interface Options {
  readonly tenant: string
  readonly user?: string
  readonly method?: string
  readonly type?: string
  readonly body?: string | readonly string[]
  readonly abortAfter?: number | undefined
}

/** One kind of request: whose rows it may show, and the statuses that it may have. */
interface Kind {
  readonly weight: number
  readonly send: (send: Send, tenant: string, title: string, abortAfter?: number) => Promise<Answer>
  readonly allowed: readonly number[]
  readonly name: string
}

const json = (value: unknown) => ({
  method: 'POST',
  type: 'application/json',
  body: JSON.stringify(value),
})

export const HTTP_KINDS: readonly Kind[] = [
  {
    name: 'list',
    weight: 8,
    allowed: [200],
    send: (send, tenant, _, abortAfter) => send('/projects', { tenant, abortAfter }),
  },
  {
    name: 'pair',
    weight: 4,
    allowed: [201],
    send: (send, tenant, title, abortAfter) =>
      send('/projects', { tenant, abortAfter, ...json({ title: `pair ${title}` }) }),
  },
  {
    name: 'fail',
    weight: 3,
    allowed: [500],
    send: (send, tenant, title, abortAfter) =>
      send('/projects', { tenant, abortAfter, ...json({ title: `fail ${title}` }) }),
  },
  {
    name: 'export',
    weight: 1,
    allowed: [200],
    send: (send, tenant, _, abortAfter) => send('/export', { tenant, abortAfter }),
  },
  {
    name: 'import',
    weight: 2,
    allowed: [200],
    send: (send, tenant, title, abortAfter) =>
      send('/import', {
        tenant,
        abortAfter: abortAfter && abortAfter * 25,
        method: 'POST',
        type: 'application/x-ndjson',
        body: Array.from({ length: LINES }, () => `import ${title}\n`),
      }),
  },
  {
    name: 'another tenant',
    weight: 1,
    allowed: [404],
    send: (send, tenant) => send('/projects', { tenant, user: 'user of another' }),
  },
  {
    name: 'no tenant',
    weight: 1,
    allowed: [404],
    send: (send) => send('/projects', { tenant: 'tenant-unknown', user: 'user of tenant-1' }),
  },
]

export interface AttackedApp {
  readonly origin: string
  /** Clients of its pool that are not idle. */
  busyClients(): number
}

/**
 * Requests of 20 tenants beside each other, 30 % of them cut off somewhere. Afterwards no answer has shown a
 * row of another tenant, no unit of work is half there, and every client is back in the pool.
 */
export async function attack(
  world: ExampleWorld,
  app: AttackedApp,
  kinds = HTTP_KINDS,
): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const send: Send = (path, options) => request(agent, `${app.origin}${path}`, options)
  const jobs = TENANTS.flatMap((tenant, t) =>
    Array.from({ length: REQUESTS_PER_TENANT }, (_, n) => ({ tenant, n: n * TENANTS.length + t })),
  ).toSorted((a, b) => a.n - b.n)
  const turns = kinds.flatMap((kind) => Array(kind.weight).fill(kind) as Kind[])
  const wrong: unknown[] = []
  let shown = 0
  let aborted = 0
  await inParallel(jobs, async ({ tenant, n }) => {
    const kind = turns[(n * 7 + Math.floor(n / 20)) % turns.length] as Kind
    const isCut = n % 10 < 3
    const answer = await kind
      .send(send, tenant, `${tenant} ${n}`, isCut ? (n * 13) % 25 : undefined)
      .catch((error) => error as Error)
    if (answer instanceof Error) {
      aborted++
      if (!isCut) wrong.push([kind.name, answer.message])
      return
    }
    if (!kind.allowed.includes(answer.status)) wrong.push([kind.name, answer])
    for (const [, owner] of answer.text.matchAll(/"tenant_id":"([^"]*)"/g)) {
      shown++
      if (owner !== tenant) wrong.push([kind.name, tenant, owner])
    }
  })
  agent.destroy()
  expect(wrong.slice(0, 5)).to.deep.equal([])
  expect({ shown: shown > 1000, aborted: aborted > 100 }).to.deep.equal({
    shown: true,
    aborted: true,
  })
  await settled(() => app.busyClients() === 0)
  expect(await brokenUnits(world)).to.deep.equal([])
}

/** Titles that name another tenant than their row has, and those that are not there as often as they should. */
async function brokenUnits(world: ExampleWorld): Promise<unknown[]> {
  return withClient(world.url, async (client) => {
    const { rows } = await client.query(`
      select title, tenant_id, count(*)::int as count from projects group by title, tenant_id
        having count(*) <> (case when title like 'import%' then ${LINES} when title like 'pair%' then 2 else 0 end)
          or split_part(title, ' ', 2) <> tenant_id`)
    return rows
  })
}

async function inParallel<T>(items: readonly T[], body: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await body(item)
    }),
  )
}

async function settled(isSettled: () => boolean): Promise<void> {
  for (let i = 0; !isSettled() && i < 500; i++) await wait(10)
  expect(isSettled()).to.equal(true)
}

async function request(
  agent: http.Agent,
  url: string,
  { tenant, user = `user of ${tenant}`, method = 'GET', type, body, abortAfter }: Options,
): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${user}`,
    'x-tenant': tenant,
    ...(type !== undefined && { 'content-type': type }),
  }
  const outgoing = http.request(url, { agent, method, headers })
  const cut =
    abortAfter !== undefined && setTimeout(() => outgoing.destroy(new Error('cut')), abortAfter)
  try {
    outgoing.on('error', () => undefined)
    const answered = once(outgoing, 'response')
    answered.catch(() => undefined)
    if (typeof body === 'string') outgoing.end(body)
    else {
      for (const chunk of body ?? []) {
        outgoing.write(chunk)
        // An upload is cut off between two of its lines, while its handler reads.
        if (abortAfter !== undefined) await wait(100)
      }
      outgoing.end()
    }
    const [response] = (await answered) as [http.IncomingMessage]
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    return { status: response.statusCode ?? 0, text }
  } finally {
    if (cut) clearTimeout(cut)
  }
}
