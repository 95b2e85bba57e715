import type { CompiledQuery, QueryCompiler, QueryId, RootOperationNode } from 'kysely'
import { queryTooManyParameters, tenantMismatch } from '../../errors/application.ts'
import { describeScope, type Scope, scopes } from '../../runtime/scope.ts'

interface LatePredicate {
  /** Of a handle; otherwise it is the one of the running code. */
  readonly scope: Scope | undefined
  add(node: RootOperationNode, tenant: string): RootOperationNode
}

interface Compiled {
  /** Undefined: no predicate was added. */
  readonly tenant: string | undefined
  readonly parameters: readonly unknown[]
  compileFor(scope: Scope): CompiledQuery
}

const late = new WeakMap<RootOperationNode, LatePredicate>()
const compiled = new WeakMap<RootOperationNode, Compiled>()

/**
 * Kysely asks its plugins when a query is built into another one as well. A predicate that was added then
 * would keep the tenant of that moment, and names that `withSchema` has not completed.
 */
export function addPredicateLate(node: RootOperationNode, predicate: LatePredicate): void {
  late.set(node, predicate)
}

/** Bind has two bytes for their number. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const MAX_PARAMETERS = 65_535

/** Compiles a query for execution, with the predicates of the plugin. */
export class TenantQueryCompiler implements QueryCompiler {
  readonly #compiler: QueryCompiler

  constructor(compiler: QueryCompiler) {
    this.#compiler = compiler
  }

  /** @throws `QUERY.TOO_MANY_PARAMETERS` */
  compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    const predicate = late.get(node)
    return predicate
      ? this.#compileWith(predicate, node, queryId, predicate.scope ?? scopes.getStore())
      : checked(this.#compiler.compileQuery(node, queryId))
  }

  #compileWith(
    predicate: LatePredicate,
    node: RootOperationNode,
    queryId: QueryId,
    scope: Scope | undefined,
  ): CompiledQuery {
    const tenant = tenantOf(scope)
    const root = tenant === undefined ? node : predicate.add(node, tenant)
    const query = checked(this.#compiler.compileQuery(root, queryId))
    compiled.set(root, {
      // One without a tenant table is the same for every tenant.
      tenant: root === node ? undefined : tenant,
      parameters: query.parameters,
      compileFor: (other) => this.#compileWith(predicate, node, queryId, other),
    })
    return query
  }
}

/**
 * A compiled query for the scope of the connection that runs it: one that was compiled for another
 * tenant, or for none, is compiled again.
 *
 * @throws `TENANT.MISMATCH` for one of another tenant whose parameters were replaced
 */
export function compiledFor(query: CompiledQuery, scope: Scope): CompiledQuery {
  const known = compiled.get(query.query)
  if (!known || known.tenant === tenantOf(scope)) return query
  if (query.parameters === known.parameters) return known.compileFor(scope) as typeof query
  if (known.tenant === undefined) return query
  throw tenantMismatch(`tenant ${JSON.stringify(known.tenant)}`, describeScope(scope))
}

function tenantOf(scope: Scope | undefined): string | undefined {
  return scope?.kind === 'tenant' ? scope.tenant : undefined
}

function checked(query: CompiledQuery): CompiledQuery {
  const { length } = query.parameters
  if (length > MAX_PARAMETERS) throw queryTooManyParameters(length, MAX_PARAMETERS)
  return query
}
