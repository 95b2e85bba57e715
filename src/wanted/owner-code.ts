import { findRelation } from '../catalog/find-relation.ts'
import { inherits } from '../catalog/inherits.ts'
import { findRole } from '../catalog/privileges.ts'
import type { DefinerFacts } from '../catalog/read-owner-facts.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { isSameTable, type TableName } from '../sql/table-name.ts'
import type { Wanted } from './wanted.ts'

/** Code or a login that reads tenant tables as a role that is not the application. */
export interface OwnerCode {
  readonly kind: 'function' | 'trigger' | 'materialized view' | 'view' | 'login'
  /** As SQL has it. */
  readonly name: string
  /** The role that it runs as. */
  readonly role: string
  readonly tables: readonly TableName[]
  /** It may read other tables too: its SQL is put together when it runs, or cannot be read. */
  readonly isOpen: boolean
}

/** The first server that has `security_invoker`. */
const SECURITY_INVOKER = 150000

/** The rows that a role sees without naming a tenant. */
type Sight = 'none' | 'all'

/**
 * Lists the code and the logins that row security, as the config wants it, shows no row: for a role without a
 * policy a table looks empty, and its code fills, counts and copies none of it.
 */
export function blindCode(wanted: Wanted, snapshot: Snapshot): OwnerCode[] {
  return ownerCode(wanted, snapshot, 'none')
}

/** @param sight `all` lists code that row security does not reach */
export function ownerCode(wanted: Wanted, snapshot: Snapshot, sight: Sight): OwnerCode[] {
  const all = [...wanted.tables, ...wanted.fills.flatMap(({ tables }) => tables)]
  const tablesOf = (role: string) =>
    all.filter((table) => sightOf(role, table, { wanted, snapshot }) === sight)
  return [
    ...(snapshot.ownerFacts?.definers ?? []).flatMap((definer) =>
      definerCode(definer, tablesOf(definer.owner), snapshot),
    ),
    ...snapshot.relations.flatMap((view) => viewCode(view, tablesOf, { wanted, snapshot })),
    ...(sight === 'none' ? blindLogins(all, wanted, snapshot) : []),
  ]
}

interface Context {
  readonly wanted: Wanted
  readonly snapshot: Snapshot
}

/** Undefined: the rows of one tenant, like the application. */
function sightOf(
  role: string,
  table: TenantTable,
  { wanted, snapshot }: Context,
): Sight | undefined {
  const state = findRole(snapshot, role)
  if (state?.superuser || state?.bypassRls) return 'all'
  const { appRoles, adminRoles, ownerRoles } = wanted
  if (appRoles.some((name) => inherits(snapshot, role, name))) return undefined
  const owner = findRelation(table, snapshot)?.owner
  const isFree = table.isUnforced && owner !== undefined && inherits(snapshot, role, owner)
  const isServed = [...adminRoles, ...ownerRoles].some((name) => inherits(snapshot, role, name))
  return isFree || isServed ? 'all' : 'none'
}

function definerCode(
  { signature, owner, relations, isOpen, triggers }: DefinerFacts,
  tables: readonly TenantTable[],
  snapshot: Snapshot,
): OwnerCode[] {
  const all = [...relations, ...relations.flatMap((named) => throughViews(named, snapshot))]
  const read = tables.filter((table) =>
    all.some(({ schema, name }) => isSameTable({ schema: schema ?? table.schema, name }, table)),
  )
  if (tables.length === 0 || (read.length === 0 && !isOpen)) return []
  const code = { role: owner, tables: read.map(nameOf), isOpen }
  return triggers.length === 0
    ? [{ kind: 'function', name: signature, ...code }]
    : triggers.map((name) => ({ kind: 'trigger', name: `${name}, by ${signature}`, ...code }))
}

/** The tables behind the views of this name. */
function throughViews(
  { schema, name }: DefinerFacts['relations'][number],
  snapshot: Snapshot,
): TableName[] {
  return snapshot.relations
    .filter(
      (view) =>
        view.kind === 'view' && view.name === name && view.schema === (schema ?? view.schema),
    )
    .flatMap((view) => [...readThrough(view, snapshot).values()])
}

function viewCode(
  view: RelationState,
  tablesOf: (role: string) => readonly TenantTable[],
  { wanted, snapshot }: Context,
): OwnerCode[] {
  const isCopy = view.kind === 'materialized view'
  const isInvoker =
    view.securityInvoker ||
    (wanted.parts.includes('views') && snapshot.serverVersion >= SECURITY_INVOKER)
  if (!isCopy && (view.kind !== 'view' || isInvoker)) return []
  const read = readThrough(view, snapshot)
  const tables = tablesOf(view.owner).filter((table) => read.has(qualifiedName(table)))
  if (tables.length === 0) return []
  return [
    {
      kind: isCopy ? 'materialized view' : 'view',
      name: qualifiedName(view),
      role: view.owner,
      tables: tables.map(nameOf),
      isOpen: false,
    },
  ]
}

/** The tables that a view reads, through other views too. */
function readThrough(view: RelationState, snapshot: Snapshot): ReadonlyMap<string, TableName> {
  const seen = new Map<string, TableName>()
  const visit = ({ reads }: RelationState) => {
    for (const name of reads) {
      const key = qualifiedName(name)
      if (seen.has(key)) continue
      seen.set(key, nameOf(name))
      const inner = findRelation(name, snapshot)
      if (inner?.kind === 'view') visit(inner)
    }
  }
  visit(view)
  return seen
}

/** Logins of backups and jobs. Without app roles the policies are for each of them. */
function blindLogins(
  all: readonly TenantTable[],
  { appRoles, adminRoles, ownerRoles }: Wanted,
  snapshot: Snapshot,
): OwnerCode[] {
  if (appRoles.length === 0) return []
  const served = [...appRoles, ...adminRoles, ...ownerRoles]
  const logins = snapshot.ownerFacts?.logins ?? []
  return logins.flatMap(({ name, inherits, reads }): OwnerCode[] => {
    // The login of the migrations: FORCE is there to bind it.
    if (name === snapshot.currentUser) return []
    if (inherits.some((role) => served.includes(role))) return []
    const tables = all.filter((table) => {
      const owner = findRelation(table, snapshot)?.owner ?? ''
      const isFree = table.isUnforced && inherits.includes(owner)
      return !isFree && reads.some((read) => isSameTable(read, table))
    })
    if (tables.length === 0) return []
    return [
      {
        kind: 'login',
        name: identifier(name),
        role: name,
        tables: tables.map(nameOf),
        isOpen: false,
      },
    ]
  })
}

function nameOf({ schema, name }: TableName): TableName {
  return { schema, name }
}
