export interface RoleState {
  readonly name: string
  readonly superuser: boolean
  readonly bypassRls: boolean
  readonly canLogIn: boolean
  readonly createRole: boolean
  readonly replication: boolean
}

/** A membership, direct or through other roles. Superusers have none in a snapshot: they need none. */
export interface Membership {
  readonly member: string
  readonly role: string
  /** It was granted itself, and not only through another role. */
  readonly isDirect: boolean
  /** The member has the privileges of the role without SET ROLE, and is bound by its policies. */
  readonly inherits: boolean
  readonly canSet: boolean
  /** The member may grant the role to any role, itself included. */
  readonly administers: boolean
}

/** As `aclexplode` writes it: `SELECT`, `TRUNCATE`, `MAINTAIN`. */
export type Privilege = string

export interface Grant {
  /** null stands for `public`. */
  readonly grantee: string | null
  readonly privilege: Privilege
}

export interface RelationGrant extends Grant {
  /** Empty for a grant on the whole relation. */
  readonly columns: readonly string[]
  /** Only this role can revoke the grant. */
  readonly grantor: string
  readonly isGrantable: boolean
}

export interface RolePrivilege {
  readonly role: string
  readonly privilege: Privilege
}
