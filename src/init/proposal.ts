import type { TenantType } from '../config/tenant-setting.ts'
import type { OwnerCode } from '../wanted/owner-code.ts'
import type { SuggestedLookup } from './suggest-lookups.ts'

/** A config to be reviewed, with the reasons for it. Tables are named as the config names them. */
export interface Proposal {
  readonly database: string
  readonly serverVersion: number
  /** The owners of the tenant tables, the one of most tables first. */
  readonly owners: readonly string[]
  /** The login that read the catalog. */
  readonly currentUser: string
  readonly column: string
  /** Undefined: the tenant columns are of several types. */
  readonly type: TenantType | undefined
  /** The table with a row for each tenant. */
  readonly tenantsTable: string | undefined
  readonly roles: {
    readonly app: readonly string[]
    readonly admin: readonly string[]
    /** Logins that reach tenant tables too. */
    readonly others: readonly string[]
    /** A sentence for each role that would not do what it is meant to. */
    readonly warnings: readonly string[]
  }
  readonly schemas: readonly string[]
  readonly tables: readonly ProposedTable[]
  readonly undecided: readonly { readonly name: string; readonly reason: string }[]
  readonly global: readonly string[]
  readonly citus: boolean
  /** Absent: no key looks like one. */
  readonly lookups?: readonly SuggestedLookup[]
  /** Code that reads tenant tables as their owner, or as another role. Absent: none is known. */
  readonly ownerCode?: readonly ProposedCode[]
  /** Policies that are there, as SQL names them: `read_all on public.projects`. */
  readonly policies?: readonly string[]
  /** Tables that FORCE is left out of, for such code; `all`: it may read any of them. */
  readonly unforced?: 'all' | readonly string[]
}

export interface ProposedCode extends OwnerCode {
  /** Row security would show it no row, or does not reach it. */
  readonly sees: 'no row' | 'every row'
}

export interface ProposedTable {
  readonly name: string
  readonly column: string
  readonly nullable: boolean
  readonly shared: boolean
  /** It has no tenant column: where its tenants come from, and what would do as well. */
  readonly adoption: ProposedParent | undefined
  /** Its tenant column may be NULL: the parent that gives its rows a tenant. */
  readonly backfill?: ProposedParent
}

export interface ProposedParent {
  readonly parent: string
  /** Other tables that would do as well. */
  readonly alternatives: readonly string[]
}
