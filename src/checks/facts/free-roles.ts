import type { CheckContext } from './context.ts'
import { roadMap } from './roads.ts'

/** A login of the application, or a role that it may become. */
export interface FreeRole {
  readonly role: string
  /** `app_user`, or `cleaner, which app_user may become,` */
  readonly who: string
}

export function rolesOfApp(context: CheckContext): FreeRole[] {
  const map = roadMap(context)
  if (!map) return []
  const found = context.wanted.appRoles.flatMap((login) =>
    [...map.become(login).values()]
      // All that CREATEROLE grants is one finding: `app-role-can-grant-itself`.
      .filter(({ role, how }) => how !== 'createrole' && !map.graph.find(role)?.superuser)
      .map(({ role }) => ({
        role,
        who: role === login ? role : `${role}, which ${login} may become,`,
      })),
  )
  return [...new Map(found.map((it) => [it.role, it])).values()]
}
