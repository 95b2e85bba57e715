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
