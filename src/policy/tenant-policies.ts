import { literal } from '../sql/literal.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Expression, isOwnOrSharedRow, isOwnRow, isSharedRow } from './current-tenant.ts'
import { isObservedRow } from './observe.ts'
import type { TenantTable } from './tenant-table.ts'

/** One policy as it should be. */
export interface TenantPolicy {
  readonly name: string
  readonly permissive: boolean
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  /** Empty: `public`. */
  readonly roles: readonly string[]
  readonly using: Expression | undefined
  readonly check: Expression | undefined
  /** The comment above its statement in a migration file. */
  readonly why: string
}

/** The comment of the policies that the tool owns: it drops and alters no others. */
export const POLICY_MARKER = 'Written by kysely-tenants.'

const ALWAYS: Expression = { sql: 'true', deparsed: 'true' }

/** The policies of a table: those that open it, those that bound it, and that of the admin. */
export function tenantPolicies(table: TenantTable): TenantPolicy[] {
  const { observedBy } = table
  if (observedBy !== undefined) return observingPolicies(table, observedBy)
  return [
    ...(table.access === 'full' ? [access(table)] : []),
    ...(table.shared ? [sharedAccess(table), ...sharedFloor(table)] : [floor(table)]),
    ...allAccess(table),
  ]
}

// There is no floor yet: it would deny a statement without a tenant.
function observingPolicies(table: TenantTable, schema: string): TenantPolicy[] {
  return [
    {
      ...access(table),
      using: isObservedRow(table, schema),
      check: ALWAYS,
      why: 'Does not enforce yet: a statement without a tenant sees every row and leaves a line in the log.',
    },
    ...(table.shared ? [sharedAccess(table)] : []),
    ...allAccess(table),
  ]
}

function access(table: TenantTable): TenantPolicy {
  return {
    name: 'tenant_access',
    permissive: true,
    command: 'all',
    roles: table.appRoles,
    using: isOwnRow(table),
    check: isOwnRow(table),
    why: 'Lets a statement see and write the rows of its tenant.',
  }
}

function floor(table: TenantTable): TenantPolicy {
  return {
    name: 'tenant_isolation',
    permissive: false,
    command: 'all',
    roles: table.appRoles,
    using: isOwnRow(table),
    check: isOwnRow(table),
    why: 'The floor: no other policy can let another tenant through.',
  }
}

/** The policies of roles that see every tenant. */
function allAccess({ adminRoles, ownerRoles = [] }: TenantTable): TenantPolicy[] {
  return [
    allRows('tenant_admin', adminRoles, 'Lets the admin role see and write every tenant.'),
    allRows(
      'tenant_owner',
      ownerRoles,
      'Lets the owner see and write every tenant, under FORCE too.',
    ),
  ].filter(({ roles }) => roles.length > 0)
}

function allRows(name: string, roles: readonly string[], why: string): TenantPolicy {
  return { name, permissive: true, command: 'all', roles, using: ALWAYS, check: ALWAYS, why }
}

function sharedAccess(table: TenantTable): TenantPolicy {
  return {
    name: 'tenant_shared',
    permissive: true,
    command: 'select',
    roles: table.appRoles,
    using: isSharedRow(table),
    check: undefined,
    why: 'Lets a statement that has a tenant read the rows of no tenant.',
  }
}

// A floor for all commands would hide the shared rows, so there is one for each command.
function sharedFloor(table: TenantTable): TenantPolicy[] {
  const own = isOwnRow(table)
  const floor = { permissive: false, roles: table.appRoles }
  return [
    {
      ...floor,
      name: 'tenant_isolation',
      command: 'select',
      using: isOwnOrSharedRow(table),
      check: undefined,
      why: 'The floor of reading: never a row of another tenant.',
    },
    {
      ...floor,
      name: 'tenant_isolation_insert',
      command: 'insert',
      using: undefined,
      check: own,
      why: 'The floor of inserting: only rows of the own tenant.',
    },
    {
      ...floor,
      name: 'tenant_isolation_update',
      command: 'update',
      using: own,
      check: own,
      why: 'The floor of updating: only rows of the own tenant, and they stay its own.',
    },
    {
      ...floor,
      name: 'tenant_isolation_delete',
      command: 'delete',
      using: own,
      check: undefined,
      why: 'The floor of deleting: only rows of the own tenant.',
    },
  ]
}

type Owner = Pick<TenantTable, 'schema' | 'name'>

export function createPolicy(table: Owner, policy: TenantPolicy): string {
  return [
    `create policy ${identifier(policy.name)} on ${qualifiedName(table)} ${kindOf(policy)} to ${roleList(policy.roles)}`,
    ...clauses(policy),
  ].join('\n')
}

/** Changes roles and expressions in place: the policy holds all the time and keeps its marker. */
export function alterPolicy(table: Owner, policy: TenantPolicy): string {
  return [
    `alter policy ${identifier(policy.name)} on ${qualifiedName(table)} to ${roleList(policy.roles)}`,
    ...clauses(policy),
  ].join('\n')
}

export function dropPolicy(
  table: Owner,
  name: string,
  { ifExists = false }: { ifExists?: boolean } = {},
): string {
  return `drop policy ${ifExists ? 'if exists ' : ''}${identifier(name)} on ${qualifiedName(table)}`
}

export function renamePolicy(table: Owner, name: string, to: string): string {
  return `alter policy ${identifier(name)} on ${qualifiedName(table)} rename to ${identifier(to)}`
}

export function markPolicy(table: Owner, name: string, marker: string | null): string {
  const text = marker === null ? 'null' : literal(marker)
  return `comment on policy ${identifier(name)} on ${qualifiedName(table)} is ${text}`
}

function kindOf({ permissive, command }: TenantPolicy): string {
  return `as ${permissive ? 'permissive' : 'restrictive'} for ${command}`
}

// `public` is a keyword here, not a role name.
function roleList(roles: readonly string[]): string {
  return roles.length === 0 ? 'public' : roles.map(identifier).join(', ')
}

function clauses({ using, check }: TenantPolicy): string[] {
  return [
    ...(using ? [`  using (${using.sql})`] : []),
    ...(check ? [`  with check (${check.sql})`] : []),
  ]
}
