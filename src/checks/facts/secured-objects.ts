import type { SecuredObject } from '../../catalog/snapshot.ts'
import { identifier } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'
import { grantsToApp, revokeGrants } from './privileges.ts'

export function securedObjects(
  { snapshot }: CheckContext,
  ...kinds: readonly SecuredObject['kind'][]
): SecuredObject[] {
  return snapshot.securedObjects.filter(({ kind }) => kinds.includes(kind))
}

/** As `grant … on` and `alter` want it: `schema billing`. */
export function objectName({ kind, name }: SecuredObject): string {
  // A parameter is named like a qualified identifier.
  return `${kind} ${kind === 'parameter' ? name.split('.').map(identifier).join('.') : identifier(name)}`
}

export function isGrantedToApp(
  privilege: string,
  object: SecuredObject,
  context: CheckContext,
): boolean {
  return grantsToApp([privilege], object, context).length > 0
}

export function revokeFromApp(
  privilege: string,
  object: SecuredObject,
  context: CheckContext,
): string {
  return revokeGrants(grantsToApp([privilege], object, context), objectName(object))
}
