import type { RootOperationNode } from 'kysely'
import type { Scope } from '../../runtime/scope.ts'

/** @throws `TENANT.MISSING` and `TENANT.MISMATCH` */
type Check = (scope: Scope) => void

const deferred = new WeakMap<RootOperationNode, Check>()

/**
 * A query that is built outside every scope may belong to a connection that has one, such as that of a
 * controlled transaction: it is checked when it meets it. Otherwise the driver refuses it.
 */
export function deferGuard(node: RootOperationNode, check: Check): void {
  deferred.set(node, check)
}

/** @throws what the check throws that was deferred for this query, if one was */
export function checkDeferred(node: RootOperationNode, scope: Scope): void {
  deferred.get(node)?.(scope)
}
