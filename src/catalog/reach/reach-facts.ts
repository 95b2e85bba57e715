import type { TableName } from '../../sql/table-name.ts'
import type { PolicyState } from '../policy-state.ts'
import type { RelationKind } from '../relation-state.ts'
import type { Grant, Privilege } from '../role-state.ts'
import type { BodyFacts } from './body-facts.ts'

/**
 * The facts that lead from a login to rows, in every schema of the database: who may become whom, what runs as
 * whom, and what that code names. Objects are known by their oid; of a body there are names only.
 */
export interface ReachFacts {
  readonly roleGrants: readonly RoleGrant[]
  readonly relations: readonly ReachRelation[]
  readonly functions: readonly ReachFunction[]
  readonly places: readonly CodePlace[]
  readonly triggers: readonly ReachTrigger[]
  readonly eventTriggers: readonly ReachEventTrigger[]
  readonly keyActions: readonly KeyAction[]
  readonly operators: readonly OperatorFunction[]
  readonly casts: readonly CastFunction[]
  /** Of operator families, by which PostgreSQL sorts, compares and hashes. */
  readonly supportFunctions: readonly OperatorFunction[]
  /** Of the CHECKs of domains. */
  readonly domains: readonly OperatorFunction[]
  readonly userMappings: readonly ReachUserMapping[]
  readonly largeObjects: readonly LargeObjects[]
  /** `lo_compat_privileges` of the session that read the catalog. */
  readonly largeObjectsOpen: boolean
  /** Of the catalog's own tables that are closed by default: who was let in. */
  readonly catalogGrants: readonly CatalogGrant[]
  readonly nondeterministic: readonly NondeterministicColumn[]
}

/** One row of `pg_auth_members`. */
export interface RoleGrant {
  readonly role: string
  readonly member: string
  readonly admin: boolean
  /** Before PostgreSQL 16 an attribute of the member. */
  readonly inherits: boolean
  /** Before PostgreSQL 16 always. */
  readonly canSet: boolean
  /** But for the superuser that the cluster began with. */
  readonly grantors: readonly string[]
}

export interface ReachRelation extends TableName {
  readonly id: number
  readonly kind: RelationKind
  readonly owner: string
  readonly rlsEnabled: boolean
  readonly rlsForced: boolean
  readonly securityInvoker: boolean
  readonly isPartition: boolean
  readonly parents: readonly number[]
  readonly extension: string | null
  readonly columns: readonly string[]
  /** But for those of its owner. */
  readonly grants: readonly RightOnRelation[]
  /** The one relation that PostgreSQL writes when a simple view is written. */
  readonly base: number | null
  /** Of a foreign table. */
  readonly server: string | null
  /** The foreign-data wrapper of the server: `postgres_fdw`. */
  readonly wrapper: string | null
  /** The name of a foreign table on the other side, where it says one. */
  readonly remoteName: string | null
  /** Only of relations that are not among those of the snapshot, which has the others. */
  readonly policies: readonly PolicyState[]
}

export interface RightOnRelation extends Grant {
  /** Granted on some columns alone. */
  readonly isOfColumns: boolean
  /** Those columns; empty where it is of the whole relation. */
  readonly columns: readonly string[]
  /** Given to `public` by the extension that the relation came with. */
  readonly isInitial: boolean
}

export interface ReachFunction extends TableName {
  readonly id: number
  /** Ready for SQL: `public.search(q text)`. */
  readonly signature: string
  readonly kind: 'function' | 'procedure' | 'aggregate'
  readonly owner: string
  readonly language: string
  /** Its language keeps it from files and programs. */
  readonly isTrusted: boolean
  readonly securityDefiner: boolean
  /** Its SET clauses: `search_path=pg_catalog`. */
  readonly settings: readonly string[]
  /** Names were resolved when it was made: BEGIN ATOMIC. */
  readonly isAtomic: boolean
  readonly returns: 'trigger' | 'event trigger' | 'value' | 'rows'
  /** `boolean`, `uuid` */
  readonly returnType: string
  readonly extension: string | null
  readonly isBuiltIn: boolean
  /** PostgreSQL closed it, and so did the extension it came with. */
  readonly isClosedByDefault: boolean
  /** Those who have EXECUTE; null stands for `public`. */
  readonly grantees: readonly (string | null)[]
  readonly bodyHash: string
  readonly body: BodyFacts
  /** Of an aggregate: the functions that it is made of. */
  readonly parts: readonly number[]
}

/** A place on a relation where code of the database runs without being called. */
export interface CodePlace {
  readonly kind:
    | 'view'
    | 'rule'
    | 'policy'
    | 'default'
    | 'when'
    | 'partition key'
    | 'check'
    | 'domain'
    | 'index'
    | 'exclusion'
    | 'range'
    | 'function'
  /** The relation, or the function whose body it is. */
  readonly on: number
  /** Of the rule, the policy, the trigger, the constraint, the index, the column. */
  readonly name: string
  /** Which command sets it off; null: what its kind says. */
  readonly command: PolicyState['command'] | null
  readonly functions: readonly number[]
  readonly relations: readonly number[]
  /** The statements of the actions of a rule; null for every other kind. */
  readonly body: BodyFacts | null
}

export interface ReachTrigger {
  readonly relation: number
  readonly name: string
  readonly function: number
  readonly isEnabled: boolean
  readonly isBefore: boolean
  readonly isInsteadOf: boolean
  readonly isForEachRow: boolean
  /** It has the rows of a statement as tables. */
  readonly hasTransitions: boolean
  readonly commands: readonly ('insert' | 'update' | 'delete' | 'truncate')[]
}

export interface ReachEventTrigger {
  readonly name: string
  readonly event: string
  readonly function: number
  readonly isEnabled: boolean
  /** null: every command. */
  readonly tags: readonly string[] | null
}

/** A foreign key that does something to the rows that refer. */
export interface KeyAction {
  readonly name: string
  readonly child: number
  readonly parent: number
  readonly columns: readonly string[]
  readonly referencedColumns: readonly string[]
  readonly onDelete: 'cascade' | 'set' | null
  readonly onUpdate: 'cascade' | 'set' | null
}

/** A function that stands behind an object with a name of its own. */
export interface OperatorFunction {
  /** Ready for SQL: `public.===`. */
  readonly name: string
  readonly schema: string
  readonly function: number
}

export interface CastFunction {
  readonly source: string
  readonly target: string
  readonly function: number
}

export interface ReachUserMapping {
  readonly server: string
  /** null: of `public`. */
  readonly role: string | null
}

/** Those that have the same owner and the same privileges. */
export interface LargeObjects {
  readonly owner: string
  readonly grants: readonly Grant[]
  readonly count: number
}

export interface CatalogGrant {
  readonly relation: string
  readonly grantee: string | null
  readonly privilege: Privilege
}

export interface NondeterministicColumn {
  readonly relation: number
  readonly column: string
  readonly collation: string
}
