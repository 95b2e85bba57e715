import { initTRPC, TRPCError } from '@trpc/server'
import { httpStatus } from 'kysely-tenants'
import { openDatabase, tenancy, tenantOf } from '../shared/database.ts'
import { addPair, listProjects } from '../shared/projects.ts'

const CODES: Readonly<Record<number, TRPCError['code']>> = {
  400: 'BAD_REQUEST',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
}

export function createApp(url: string) {
  const { db, pool } = openDatabase(url)
  const t = initTRPC.context<{ headers: Headers }>().create()

  /** A procedure whose statements all belong to the tenant of the request. */
  const procedure = t.procedure.use(async ({ ctx, next }) => {
    const tenant = await tenantOf(db, ctx.headers)
    if (tenant === undefined) throw new TRPCError({ code: 'NOT_FOUND' })
    const result = await tenancy.run(tenant, () => next())
    if (result.ok) return result
    // What the procedure threw is its `cause`: neither its message nor its SQL leaves the server.
    const code = CODES[httpStatus(result.error.cause)] ?? 'INTERNAL_SERVER_ERROR'
    throw new TRPCError({ code, message: code })
  })

  const router = t.router({
    list: procedure.query(() => listProjects(db)),
    add: procedure
      .input((value: unknown) => (value as { title: string }).title)
      .mutation(({ input }) => addPair(db, input)),
  })
  return { router, pool }
}
