import { PREDEFINED_ROLES } from '../catalog/privileges.ts'
import type { ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { SecuredObject } from '../catalog/snapshot.ts'
import type { CatalogIndex } from './catalog-index.ts'
import type { RoleGraph } from './role-graph.ts'

/** The rights of a role, with those it inherits. */
export interface Rights {
  /** On the relation, or on some column of it. */
  may(role: string, privilege: string, relation: ReachRelation): boolean
  /** On one of these columns at least. */
  mayOnAny(
    role: string,
    privilege: string,
    relation: ReachRelation,
    columns: readonly string[],
  ): boolean
  /** On some columns alone. */
  mayOnColumnsOnly(role: string, privilege: string, relation: ReachRelation): boolean
  execute(role: string, fn: ReachFunction): boolean
  use(role: string, schema: string): boolean
  create(role: string, schema: string): boolean
  owns(role: string, object: { readonly owner: string }): boolean
  has(role: string, privilege: string, object: Pick<SecuredObject, 'owner' | 'grants'>): boolean
}

export function createRights(graph: RoleGraph, index: CatalogIndex): Rights {
  const isSuperuser = (role: string) => graph.find(role)?.superuser ?? false
  const owns: Rights['owns'] = (role, { owner }) =>
    isSuperuser(role) || graph.inherited(role).has(owner)
  const isAmong = (role: string, grantee: string | null) =>
    grantee === null || graph.inherited(role).has(grantee)
  const isGranted = (role: string, privilege: string, relation: ReachRelation) =>
    relation.grants.filter((g) => g.privilege === privilege && isAmong(role, g.grantee))
  const ofAll = (role: string, privilege: string) =>
    graph.inherited(role).has(PREDEFINED_ROLES[privilege] ?? '')
  const has: Rights['has'] = (role, privilege, object) =>
    owns(role, object) ||
    object.grants.some((g) => g.privilege === privilege && isAmong(role, g.grantee))
  const onSchema = (role: string, privilege: string, name: string) => {
    const schema = index.schema(name)
    return schema ? has(role, privilege, schema) : false
  }

  return {
    owns,
    has,
    may: (role, privilege, relation) =>
      owns(role, relation) ||
      ofAll(role, privilege) ||
      isGranted(role, privilege, relation).length > 0,
    mayOnAny: (role, privilege, relation, columns) =>
      owns(role, relation) ||
      ofAll(role, privilege) ||
      isGranted(role, privilege, relation).some(
        (grant) => !grant.isOfColumns || grant.columns.some((name) => columns.includes(name)),
      ),
    mayOnColumnsOnly: (role, privilege, relation) =>
      !owns(role, relation) &&
      !ofAll(role, privilege) &&
      isGranted(role, privilege, relation).every(({ isOfColumns }) => isOfColumns),
    execute: (role, fn) => owns(role, fn) || fn.grantees.some((grantee) => isAmong(role, grantee)),
    use: (role, schema) =>
      isSystem(schema) ||
      ofAll(role, 'SELECT') ||
      ofAll(role, 'INSERT') ||
      onSchema(role, 'USAGE', schema),
    create: (role, schema) => onSchema(role, 'CREATE', schema),
  }
}

// Open to everybody, and read with no others.
function isSystem(schema: string): boolean {
  return schema === 'pg_catalog' || schema === 'information_schema'
}
