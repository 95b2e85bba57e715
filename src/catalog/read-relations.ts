import { catalogChanged } from '../errors/command/catalog.ts'
import { READ_PUBLICATIONS, READ_TRIGGERS } from './behaviour-queries.ts'
import { READ_COLUMNS } from './column-query.ts'
import { READ_CONSTRAINTS, READ_FOREIGN_KEYS } from './constraint-queries.ts'
import type { ConstraintState, ForeignKeyState } from './constraint-state.ts'
import { READ_INDEXES } from './index-query.ts'
import type { IndexState } from './index-state.ts'
import { READ_POLICIES } from './policy-query.ts'
import type { PolicyState } from './policy-state.ts'
import { READ_GRANTS, READ_PRIVILEGES } from './privilege-queries.ts'
import type { Queryable } from './read-only.ts'
import { READ_RELATIONS } from './relation-query.ts'
import type {
  ColumnState,
  PublicationState,
  RelationState,
  TriggerState,
} from './relation-state.ts'
import type { RelationGrant, RolePrivilege } from './role-state.ts'

type Part =
  | ('columns' | 'policies' | 'indexes' | 'foreignKeys' | 'grants' | 'privileges')
  | ('constraints' | 'triggers' | 'publications')

/** Reads the relations of `schemas`, and those that views and inheritance connect with them. */
export async function readRelations(
  db: Queryable,
  schemas: readonly string[],
  appRoles: readonly string[],
): Promise<RelationState[]> {
  const { rows } = await db.query<Omit<RelationState, Part> & { oid: number }>(READ_RELATIONS, [
    schemas,
  ])
  const oids = rows.map(({ oid }) => oid)
  const columns = await readMembers<ColumnState>(db, READ_COLUMNS, [oids])
  const policies = await readMembers<PolicyState>(db, READ_POLICIES, [oids])
  const indexes = await readMembers<IndexState>(db, READ_INDEXES, [oids])
  const foreignKeys = await readMembers<ForeignKeyState>(db, READ_FOREIGN_KEYS, [oids])
  const grants = await readMembers<RelationGrant>(db, READ_GRANTS, [oids])
  const privileges = await readMembers<RolePrivilege & { granted: boolean | null }>(
    db,
    READ_PRIVILEGES,
    [oids, appRoles],
  )
  const constraints = await readMembers<ConstraintState>(db, READ_CONSTRAINTS, [oids])
  const triggers = await readMembers<TriggerState>(db, READ_TRIGGERS, [oids])
  const publications = await readMembers<PublicationState>(db, READ_PUBLICATIONS, [oids])

  return rows.map(({ oid, ...relation }) => ({
    ...relation,
    columns: columns.get(oid) ?? [],
    policies: policies.get(oid) ?? [],
    indexes: indexes.get(oid) ?? [],
    foreignKeys: foreignKeys.get(oid) ?? [],
    grants: grants.get(oid) ?? [],
    constraints: constraints.get(oid) ?? [],
    triggers: triggers.get(oid) ?? [],
    publications: publications.get(oid) ?? [],
    privileges: (privileges.get(oid) ?? []).flatMap(({ granted, ...privilege }) => {
      // PostgreSQL answers NULL for a relation that is gone.
      if (granted === null) throw catalogChanged(`${relation.schema}.${relation.name}`)
      return granted ? [privilege] : []
    }),
  }))
}

/** @param query returns a row for each relation of `$1`: its oid, and its members as a list */
async function readMembers<T>(
  db: Queryable,
  query: string,
  values: unknown[],
): Promise<Map<number, T[]>> {
  const { rows } = await db.query<{ relation: number; members: T[] }>(query, values)
  return new Map(rows.map(({ relation, members }) => [relation, members]))
}
