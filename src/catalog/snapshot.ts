import type { TableName } from '../sql/table-name.ts'
import type { FunctionState } from './function-state.ts'
import type { ReachFacts } from './reach/reach-facts.ts'
import type { OwnerFacts } from './read-owner-facts.ts'
import type { Upsert } from './read-upserts.ts'
import type { RelationState } from './relation-state.ts'
import type { Grant, Membership, RoleState } from './role-state.ts'
import type { TruthTable } from './truth-table.ts'

/** One read of the catalog. Plain data: it can be kept as JSON, and built by hand in a unit test. */
export interface Snapshot {
  /** As in `server_version_num`: 180004 is 18.4. */
  readonly serverVersion: number
  readonly database: string
  /** The login that read the catalog. */
  readonly currentUser: string
  /** The tenant setting before anything set it; null also for `''`. */
  readonly tenantAtStart: string | null
  /** Their names, in alphabetical order. */
  readonly extensions: readonly string[]
  /** The login of the application, read on a connection of its own; absent without such a connection. */
  readonly appLogin?: AppLogin
  /** Every role of the server. */
  readonly roles: readonly RoleState[]
  /** The memberships of the app roles, the admin roles, every owner, and of the roles above them. */
  readonly memberships: readonly Membership[]
  readonly relations: readonly RelationState[]
  /**
   * Functions that run as their owner, are LEAKPROOF or have a SET clause; functions that policies,
   * triggers and defaults call; and built-in functions that reach past row security.
   */
  readonly functions: readonly FunctionState[]
  /** Each needs a unique key of exactly its columns. Absent where no body of a function was read. */
  readonly upserts?: readonly Upsert[]
  /** Code and logins that go blind with FORCE. Absent: they were not read. */
  readonly ownerFacts?: OwnerFacts
  /** The defaults of `alter role … set` and `alter database … set` for this database. */
  readonly settingDefaults: readonly SettingDefault[]
  /** The database, its schemas, its foreign servers, and the parameters that were granted. */
  readonly securedObjects: readonly SecuredObject[]
  /** The privileges that `alter default privileges` gives on new tables, sequences and functions. */
  readonly defaultGrants: readonly DefaultGrant[]
  /** The user mappings of `public` and of the app roles. */
  readonly userMappings: readonly UserMapping[]
  readonly eventTriggers: readonly EventTrigger[]
  /** The number of large objects that an app role may read or write. */
  readonly largeObjects: number
  /**
   * The truth tables of the tenant tables whose policies are not the wanted ones. Absent where no
   * condition was evaluated.
   */
  readonly truthTables?: readonly TruthTable[]
  /** The rows of the valid foreign keys of the tenant tables. Absent where no rows were read. */
  readonly keyRows?: readonly KeyRows[]
  /** The objects of every schema that lead to rows. Absent where no road was followed. */
  readonly reach?: ReachFacts
  /** When the audit read it, in UTC: `2026-11-29T17:00:00Z`. */
  readonly takenAt?: string
}

/** The rows of a foreign key that PostgreSQL calls valid. */
export interface KeyRows extends TableName {
  readonly key: string
  readonly references: TableName
  /** Finds them: `from … where …`, with the table as `c`. */
  readonly query: string
  /** The number of rows without a parent; null when they were not counted. */
  readonly broken: number | null
  readonly doubt: string | null
}

export interface AppLogin {
  readonly serverVersion: number
  readonly database: string
  /** The role that logged in, to which RESET ROLE returns. */
  readonly sessionUser: string
  readonly currentUser: string
  readonly tenantAtStart: string | null
  /** The tables, global ones too, whose rows are not filtered for it. */
  readonly unfiltered: readonly TableName[]
}

export interface SettingDefault {
  /** null stands for all databases. */
  readonly database: string | null
  /** null stands for all roles. */
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
  /** The role that makes the new tables. */
  readonly creator: string
  readonly kind: 'tables' | 'sequences' | 'functions'
  /** null stands for all schemas. */
  readonly schema: string | null
}

export interface UserMapping {
  readonly server: string
  /** null stands for `public`. */
  readonly role: string | null
}

export interface EventTrigger {
  readonly name: string
  readonly event: string
  readonly isEnabled: boolean
  /** null stands for every command. */
  readonly tags: readonly string[] | null
}
