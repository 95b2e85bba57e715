import type { TableName } from '../sql/table-name.ts'
import type { FunctionState } from './function-state.ts'
import type { ReachFacts } from './reach/reach-facts.ts'
import type { Upsert } from './read-upserts.ts'
import type { RelationState } from './relation-state.ts'
import type { Grant, Membership, RoleState } from './role-state.ts'
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
  /** In functions: they need a unique key of exactly these columns. Absent: no body was read. */
  readonly upserts?: readonly Upsert[]
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
  /** What leads to rows, in every schema. Absent: no road was followed. */
  readonly reach?: ReachFacts
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

export interface SettingDefault {
  /** null: in all databases. */
  readonly database: string | null
  /** null: for all roles. */
  readonly role: string | null
  /** In lower case. */
  readonly setting: string
  readonly value: string
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
