import type { TableName } from '../table-name.ts'
import type { TruthTable } from './truth-table.ts'

/** What one read of the catalog says. Plain data: safe to build by hand in a unit test. */
export interface Snapshot {
  /** As in `server_version_num`: 180004 is 18.4. */
  readonly serverVersion: number
  readonly database: string
  /** The login that read the catalog. */
  readonly currentUser: string
  /** What the tenant setting of the request was before anything set it; null also for `''`. */
  readonly tenantAtStart: string | null
  /** By name, in order. */
  readonly extensions: readonly string[]
  /** What the application is on a connection of its own; absent when that was not asked. */
  readonly appLogin?: AppLogin
  /** Every role of the server. */
  readonly roles: readonly RoleState[]
  /** Of the app roles, the admin roles, every owner, and the roles that those are members of. */
  readonly memberships: readonly Membership[]
  readonly relations: readonly RelationState[]
  /**
   * Those that run as their owner, are LEAKPROOF or have a SET clause; those that policies, triggers
   * and defaults call; and the built-in ones that reach past row security.
   */
  readonly functions: readonly FunctionState[]
  /** What `alter role … set` and `alter database … set` say here. */
  readonly settingDefaults: readonly SettingDefault[]
  /** The database, its schemas, its foreign servers, and the parameters that were granted. */
  readonly securedObjects: readonly SecuredObject[]
  /** What `alter default privileges` gives on tables that do not exist yet. */
  readonly defaultGrants: readonly DefaultGrant[]
  /** Those of `public` and of the app roles. */
  readonly userMappings: readonly UserMapping[]
  readonly eventTriggers: readonly EventTrigger[]
  /** How many large objects an app role may read or write. */
  readonly largeObjects: number
  /**
   * Of the tenant tables whose policies are not the wanted ones, word for word. Absent: nothing was
   * tried out.
   */
  readonly truthTables?: readonly TruthTable[]
  /** Of the valid foreign keys of the tenant tables. Absent: no rows were read. */
  readonly keyRows?: readonly KeyRows[]
}

/** What the rows say about a foreign key that PostgreSQL calls valid. */
export interface KeyRows extends TableName {
  readonly key: string
  readonly references: TableName
  /** Finds them: `from … where …`, with the table as `c`. */
  readonly query: string
  /** How many refer to nothing; null when they were not counted. */
  readonly broken: number | null
  readonly doubt: string | null
}

export interface AppLogin {
  readonly serverVersion: number
  readonly database: string
  /** Who logged in, and to whom RESET ROLE returns. */
  readonly sessionUser: string
  readonly currentUser: string
  readonly tenantAtStart: string | null
  /** The tables whose rows are not filtered for it: also those that are of no tenant. */
  readonly unfiltered: readonly TableName[]
}

export interface RoleState {
  readonly name: string
  readonly superuser: boolean
  readonly bypassRls: boolean
  readonly canLogIn: boolean
  readonly createRole: boolean
  readonly replication: boolean
}

/** Direct or through other roles. Superusers have none, because they need none. */
export interface Membership {
  readonly member: string
  readonly role: string
  /** Granted as such, and not reached through another role. */
  readonly isDirect: boolean
  /** Has its privileges without SET ROLE, and is bound by the policies that name it. */
  readonly inherits: boolean
  readonly canSet: boolean
  /** May grant it to anybody, itself included. */
  readonly administers: boolean
}

export type RelationKind =
  | 'table'
  | 'partitioned table'
  | 'view'
  | 'materialized view'
  | 'foreign table'
  | 'sequence'

export interface RelationState extends TableName {
  readonly kind: RelationKind
  readonly owner: string
  readonly rlsEnabled: boolean
  readonly rlsForced: boolean
  readonly isPartition: boolean
  /** A view that reads as its caller; never before PostgreSQL 15. */
  readonly securityInvoker: boolean
  readonly inExtension: boolean
  /** The name of that extension. */
  readonly extension: string | null
  readonly isUnlogged: boolean
  /** As the planner knows it; -1 before the first analyze. */
  readonly estimatedRows: number
  /** The columns a partitioned table is partitioned by; null stands for an expression. */
  readonly partitionKey: readonly (string | null)[]
  /** The direct parents of a partition or of an inheritance child. */
  readonly parents: readonly TableName[]
  /** What a view reads, directly. */
  readonly reads: readonly TableName[]
  /** Of the query of a view: to notice that it changed. */
  readonly queryHash: string | null
  readonly columns: readonly ColumnState[]
  readonly policies: readonly PolicyState[]
  readonly indexes: readonly IndexState[]
  readonly foreignKeys: readonly ForeignKeyState[]
  /** As they were granted, on the table or on a column of it. */
  readonly grants: readonly RelationGrant[]
  /** What the app roles may do, for whatever reason. */
  readonly privileges: readonly RolePrivilege[]
  /** Exclusion constraints, and whatever is NOT VALID. */
  readonly constraints: readonly ConstraintState[]
  /** The user's own, and those of PostgreSQL that are disabled. */
  readonly triggers: readonly TriggerState[]
  /** By name, without the one that makes a view. */
  readonly rules: readonly string[]
  /** Made by `create statistics`. */
  readonly statistics: readonly TableName[]
  readonly publications: readonly PublicationState[]
}

export interface ColumnState {
  readonly name: string
  /** As `format_type` writes it: `character varying(20)`, `billing.org_ref`. */
  readonly type: string
  /** `typname` of the innermost base type of a domain, else of the type itself: `uuid`, `int4`. */
  readonly baseType: string
  readonly isDomain: boolean
  /** False too while a NOT NULL constraint is NOT VALID. */
  readonly notNull: boolean
  /** As PostgreSQL deparses it. */
  readonly default: string | null
  readonly isIdentity: boolean
  /** {@link FunctionState.signature} of what its default or generation expression calls. */
  readonly defaultFunctions: readonly string[]
}

export type PolicyCommand = 'all' | 'select' | 'insert' | 'update' | 'delete'

export interface PolicyState {
  readonly name: string
  readonly permissive: boolean
  readonly command: PolicyCommand
  /** Names in order; `public` is written as an empty list. */
  readonly roles: readonly string[]
  /** As PostgreSQL deparses it, which is not as it was written. */
  readonly using: string | null
  readonly check: string | null
  /** The columns of its own table that `using` mentions. */
  readonly usingColumns: readonly string[]
  readonly checkColumns: readonly string[]
  /** {@link FunctionState.signature} of the functions it calls; built-in ones leave no trace. */
  readonly functions: readonly string[]
  /** The other relations that it looks into. */
  readonly relations: readonly TableName[]
  /** The tool marks the policies that it created. */
  readonly comment: string | null
}

export interface IndexState {
  readonly name: string
  /** The key columns; null stands for an expression. */
  readonly columns: readonly (string | null)[]
  /** The same as PostgreSQL deparses them. */
  readonly keys: readonly string[]
  /** Which of them can serve a condition under row security: all operators are LEAKPROOF. */
  readonly leakproof: readonly boolean[]
  readonly method: string
  readonly isUnique: boolean
  readonly isPrimary: boolean
  /** Usable: neither left by a failed build nor incomplete on a partitioned table. */
  readonly isValid: boolean
  /** Of a partial index, as PostgreSQL deparses it. */
  readonly predicate: string | null
  /** Of the constraint that owns it. */
  readonly constraint: string | null
  /** Attached to the index of a parent table, which decides about it. */
  readonly isPartition: boolean
  /** As PostgreSQL deparses it: `CREATE UNIQUE INDEX …`. */
  readonly definition: string
  /** The same of the constraint: `PRIMARY KEY (id)`. */
  readonly constraintDefinition: string | null
  /** `replica identity using index` names it. */
  readonly isReplicaIdentity: boolean
  /** Without the constraint these cannot be: `view public.titles` groups by the key. */
  readonly dependents: readonly string[]
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface ForeignKeyState {
  readonly name: string
  readonly columns: readonly string[]
  readonly references: TableName
  /** In the order of `columns`. */
  readonly referencedColumns: readonly string[]
  readonly onDelete: ReferentialAction
  /** What `on delete set null (…)` names; never before PostgreSQL 15. Empty: every column. */
  readonly onDeleteColumns: readonly string[]
  readonly onUpdate: ReferentialAction
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly match: 'simple' | 'full' | 'partial'
  /** Always, before PostgreSQL 18. */
  readonly isEnforced: boolean
  /** It has a PERIOD; never before PostgreSQL 18. */
  readonly isTemporal: boolean
  /** As PostgreSQL deparses it: `FOREIGN KEY (project_id) REFERENCES …`. */
  readonly definition: string
  /** Made by PostgreSQL for the key of a parent table, which decides about it. */
  readonly isPartition: boolean
}

/** As `aclexplode` writes it: `SELECT`, `TRUNCATE`, `MAINTAIN`. */
export type Privilege = string

export interface Grant {
  /** null: to `public`. */
  readonly grantee: string | null
  readonly privilege: Privilege
}

export interface RelationGrant extends Grant {
  /** Empty: on the whole relation. */
  readonly columns: readonly string[]
  /** The only one who can take it back. */
  readonly grantor: string
  readonly isGrantable: boolean
}

export interface RolePrivilege {
  readonly role: string
  readonly privilege: Privilege
}

export interface FunctionState extends TableName {
  /** Ready for SQL: `public.is_member(id uuid)`. */
  readonly signature: string
  readonly kind: 'function' | 'procedure'
  readonly owner: string
  readonly language: string
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  /** Of its body: to notice that it changed. */
  readonly bodyHash: string
  /** Only a trigger can call it. */
  readonly isTrigger: boolean
  readonly securityDefiner: boolean
  readonly leakproof: boolean
  readonly parallelSafe: boolean
  /** Its SET clauses: `search_path=pg_catalog`. */
  readonly settings: readonly string[]
  readonly inExtension: boolean
  readonly isBuiltIn: boolean
  /** Those who were granted EXECUTE; null stands for `public`. */
  readonly grantees: readonly (string | null)[]
  /** The app roles that may call it. */
  readonly callers: readonly string[]
}

export interface SettingDefault {
  /** null: in all databases. */
  readonly database: string | null
  /** null: for all roles. */
  readonly role: string | null
  /** In lower case. */
  readonly setting: string
  readonly value: string
}

export interface ConstraintState {
  readonly name: string
  readonly kind: 'check' | 'foreign key' | 'not null' | 'exclusion' | 'other'
  readonly columns: readonly string[]
  readonly isValid: boolean
  /** As PostgreSQL deparses it: `EXCLUDE USING gist (during WITH &&)`. */
  readonly definition: string
  /** Made by PostgreSQL for the constraint of a parent table, which decides about it. */
  readonly isPartition: boolean
}

export interface TriggerState {
  readonly name: string
  /** {@link FunctionState.signature} */
  readonly function: string
  /** Made by PostgreSQL, for a foreign key. */
  readonly isInternal: boolean
  readonly isEnabled: boolean
  readonly isBeforeRow: boolean
  /** The columns of NEW that its function seems to assign: a guess from the text of its body. */
  readonly assigns: readonly string[]
}

export interface PublicationState {
  readonly name: string
  /** It names the table, and not all tables or a schema. */
  readonly namesTable: boolean
  readonly hasRowFilter: boolean
}

export interface SecuredObject {
  readonly kind: 'database' | 'schema' | 'foreign server' | 'parameter'
  readonly name: string
  readonly owner: string
  readonly grants: readonly Grant[]
}

export interface DefaultGrant extends Grant {
  /** Whose new tables it is about. */
  readonly creator: string
  /** null: in all schemas. */
  readonly schema: string | null
}

export interface UserMapping {
  readonly server: string
  /** null: of `public`. */
  readonly role: string | null
}

export interface EventTrigger {
  readonly name: string
  readonly event: string
  readonly isEnabled: boolean
  /** null: every command. */
  readonly tags: readonly string[] | null
}
