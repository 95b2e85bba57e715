import { httpStatus } from 'kysely-tenants'
import { openDatabase, tenancy, tenantOf } from '../shared/database.ts'

export const { db, pool } = openDatabase(process.env.APP_DATABASE_URL ?? '')

type Handler = (request: Request, tenant: string) => Promise<Response>

/** A route handler whose statements all belong to the tenant of the request. */
export function withTenant(handler: Handler): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const tenant = await tenantOf(db, request.headers)
      if (tenant === undefined) return new Response(null, { status: 404 })
      return await tenancy.run(tenant, () => handler(request, tenant))
    } catch (error) {
      return new Response(null, { status: httpStatus(error) })
    }
  }
}
