import type {
  KyselyPlugin,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from 'kysely'
import { configInvalid, tenantMissing, tenantUnsaid } from '../../errors/application.ts'
import { type FindTable, namedTables } from '../../runtime/named-tables.ts'
import { type Scope, scopes } from '../../runtime/scope.ts'
import { tenancyProblems } from '../../runtime/tenancy-problems.ts'
import { assertWrittenTenants } from '../../runtime/written-tenants.ts'
import { hasDialect } from '../origin.ts'
import type { Tenancy } from '../tenancy.ts'
import { deferGuard } from './deferred-guard.ts'
import { addPredicateLate } from './late-predicate.ts'
import { withPredicate } from './predicate.ts'
import { relationsOf } from './query-relations.ts'
import { unsaidTenant } from './unsaid-tenant.ts'
import { writtenValues } from './written-values.ts'

/** The options of `TenantPlugin`. */
export interface TenantPluginOptions {
  /** From `createTenancy`. */
  readonly tenancy: Tenancy
  /**
   * Adds `column = tenant` for every tenant table a query reads or writes. Row security decides without
   * it, and the result is the same; with it the planner knows the tenant while it plans: a tenant with
   * many times the usual rows gets the plan that fits, partitions are pruned early, and Citus routes the
   * statement to one shard. A table on the outer side of a right or full join gets none, nor does what
   * is written in raw SQL. Default: false.
   */
  readonly predicate?: boolean
}

const BRAND = 'kysely-tenants.TenantPlugin'

/**
 * Refuses, before a connection is taken, what the database would refuse or leave empty anyway: a query
 * on a tenant table outside a scope (`TENANT.MISSING`), and a row written with the literal id of
 * another tenant (`TENANT.MISMATCH`). Isolation does not depend on it, and raw SQL passes it by.
 *
 * Throws `CONFIG.INVALID` without a tenancy. Put it last: it knows tables by the names they have in the database.
 *
 * @example
 * ```ts
 * const plugins = [new CamelCasePlugin(), new TenantPlugin({ tenancy })]
 * ```
 */
export class TenantPlugin implements KyselyPlugin {
  readonly #options: TenantPluginOptions
  readonly #scope: Scope | undefined
  readonly #find: FindTable

  constructor(options: TenantPluginOptions, scope?: Scope) {
    const problems = tenancyProblems(options).map((problem) => `TenantPlugin.${problem}`)
    if (problems.length > 0) throw configInvalid(problems)
    this.#options = options
    this.#scope = scope
    this.#find = namedTables(options.tenancy.config)
  }

  get brand(): string {
    return BRAND
  }

  /** The plugin of a handle, whose scope is not that of the running code. */
  boundTo(scope: Scope): TenantPlugin {
    return new TenantPlugin(this.#options, scope)
  }

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    const scope = this.#scope ?? scopes.getStore()
    const isOurs = hasDialect(this.#options.tenancy)
    // No other dialect would ask for the check later.
    if (scope || !isOurs) this.#check(node, scope)
    else deferGuard(node, (leased) => this.#check(node, leased))
    if (this.#options.predicate !== true) return node
    if (!isOurs) {
      return scope?.kind === 'tenant' ? withPredicate(node, scope.tenant, this.#find) : node
    }
    addPredicateLate(node, {
      scope: this.#scope,
      add: (root, tenant) => withPredicate(root, tenant, this.#find),
    })
    return node
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result
  }

  #check(node: RootOperationNode, scope: Scope | undefined): void {
    if (scope?.kind === 'tenant') {
      const written = writtenValues(node, this.#find)
      assertWrittenTenants(written, scope, this.#options.tenancy.config)
    } else if (scope?.kind === 'admin') {
      const table = unsaidTenant(node, this.#find)
      if (table) throw tenantUnsaid(table)
    } else {
      const table = relationsOf(node).find(this.#find)
      if (table) throw tenantMissing(`A query on ${table.name}`, 'was built')
    }
  }
}

/** Unlike `instanceof`, this also recognises the plugin of a second copy of the package. */
export function isTenantPlugin(plugin: KyselyPlugin): plugin is TenantPlugin {
  return 'brand' in plugin && plugin.brand === BRAND
}
