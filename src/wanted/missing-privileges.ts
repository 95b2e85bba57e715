import { findRelation, relationOf } from '../catalog/find-relation.ts'
import { hasPrivilege, heldPrivileges, isSuperuser } from '../catalog/privileges.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Privilege } from '../catalog/role-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import type { Wanted } from './wanted.ts'

/** The privileges to read and write rows. */
export const APP_PRIVILEGES: readonly Privilege[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE']

/** A role of the config cannot use a table of the config before it has these. */
export interface MissingPrivileges {
  readonly table: TableName
  readonly role: string
  readonly privileges: readonly Privilege[]
  readonly kind: 'schema' | 'table' | 'sequence'
  /** Ready for SQL: `public.tasks_id_seq`. */
  readonly object: string
  readonly problem: string
}

/**
 * Privileges that the application and the admin need and lack: USAGE on the schemas of the tables, on
 * sequences for inserts, and the privileges on a table of which they have none. Some privileges on a table
 * are a choice: a role that has one of them gets no other.
 *
 * @param tables tenant tables without the children of others: a statement on a parent asks for no more
 */
export function missingPrivileges(
  wanted: Wanted,
  tables: readonly RelationState[],
  snapshot: Snapshot,
): MissingPrivileges[] {
  const global = wanted.global.flatMap((name) =>
    isBookkeeping(name) ? [] : [{ relation: relationOf(name, snapshot), needed: ['SELECT'] }],
  )
  const all = [...tables.map((relation) => ({ relation, needed: APP_PRIVILEGES })), ...global]
  const roles = [...wanted.appRoles, ...wanted.adminRoles].filter(
    (role) => !isSuperuser(snapshot, role),
  )
  return roles.flatMap((role) => {
    const onTables = all.flatMap((table) => onTable(role, table, snapshot))
    const inserting = all.filter(({ relation }) => {
      const given = onTables.filter(({ table }) => isSame(table, relation))
      return (
        given.some(({ privileges }) => privileges.includes('INSERT')) ||
        heldPrivileges(role, snapshot).onSomeColumn('INSERT', relation)
      )
    })
    return [
      ...onSchemas(role, all, snapshot),
      ...onTables,
      ...missingOnSequences(
        role,
        inserting.map(({ relation }) => relation),
        snapshot,
      ),
    ]
  })
}

/** The sequences that an insert into one of the tables calls `nextval` of, and may not. */
export function missingOnSequences(
  role: string,
  tables: readonly RelationState[],
  snapshot: Snapshot,
): MissingPrivileges[] {
  const held = heldPrivileges(role, snapshot)
  const seen = new Set<string>()
  return tables.flatMap((relation) =>
    relation.columns.flatMap(({ name: column, defaultSequences }) =>
      defaultSequences.flatMap((reference) => {
        const name = qualifiedName(reference)
        const sequence = findRelation(reference, snapshot)
        const holds = ['USAGE', 'UPDATE'].some(
          (each) => sequence && held.onRelation(each, sequence),
        )
        if (!sequence || holds || seen.has(name)) return []
        seen.add(name)
        return {
          table: nameOf(relation),
          role,
          privileges: ['USAGE'],
          kind: 'sequence' as const,
          object: name,
          problem: `${identifier(role)} cannot insert: the default of ${identifier(column)} needs USAGE on sequence ${name}`,
        }
      }),
    ),
  )
}

interface NeededTable {
  readonly relation: RelationState
  readonly needed: readonly Privilege[]
}

function onSchemas(
  role: string,
  tables: readonly NeededTable[],
  snapshot: Snapshot,
): MissingPrivileges[] {
  return snapshot.securedObjects.flatMap((object) => {
    if (object.kind !== 'schema' || hasPrivilege('USAGE', role, object, snapshot)) return []
    const first = tables.find(({ relation }) => relation.schema === object.name)
    if (!first) return []
    const name = identifier(object.name)
    return {
      table: nameOf(first.relation),
      role,
      privileges: ['USAGE'],
      kind: 'schema' as const,
      object: name,
      problem: `${identifier(role)} cannot reach it without USAGE on schema ${name}`,
    }
  })
}

function onTable(
  role: string,
  { relation, needed }: NeededTable,
  snapshot: Snapshot,
): MissingPrivileges[] {
  const held = heldPrivileges(role, snapshot)
  if (APP_PRIVILEGES.some((privilege) => held.onSomeColumn(privilege, relation))) return []
  return [
    {
      table: nameOf(relation),
      role,
      privileges: needed,
      kind: 'table' as const,
      object: qualifiedName(relation),
      problem: `${identifier(role)} has no privilege on it`,
    },
  ]
}

function nameOf({ schema, name }: TableName): TableName {
  return { schema, name }
}

function isSame(one: TableName, other: TableName): boolean {
  return one.schema === other.schema && one.name === other.name
}
