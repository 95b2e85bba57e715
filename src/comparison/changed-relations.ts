import { isView, type RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { qualifiedName } from '../sql/quote.ts'
import {
  barrier,
  type Change,
  changedFields,
  changedList,
  type Judges,
  safe,
  told,
  unknown,
  widens,
} from './change.ts'
import { changedRelationGrants } from './changed-grants.ts'
import { changedColumns, changedMembers, changedPublications } from './changed-members.ts'
import { changedPolicies } from './changed-policies.ts'

export function changedRelations(
  before: Snapshot,
  after: Snapshot,
  tables: readonly TenantTable[],
): Change[] {
  const wanted = new Map(tables.map((table) => [qualifiedName(table), table]))
  const tried = { before: before.truthTables, after: after.truthTables }
  return changedList(before.relations, after.relations, {
    key: qualifiedName,
    added: (relation) => ({ object: qualifiedName(relation), ...newcomer(relation) }),
    gone: (relation) => ({
      ...{ judgement: 'NARROWS', object: qualifiedName(relation) },
      summary: `${relation.kind} is gone`,
    }),
    kept: (old, now) => {
      const object = qualifiedName(now)
      return [
        ...changedFields(old, now, { object, what: '', judges: RELATION }),
        ...changedPolicies({ before: old, after: now, table: wanted.get(object), tried }, object),
        ...changedRelationGrants(old, now, object),
        ...changedColumns(old, now, object),
        ...changedPublications(old.publications, now.publications, object),
        ...changedMembers(old, now, object),
      ]
    },
  })
}

const RELATION: Judges<RelationState> = {
  ...{ schema: told, name: told },
  kind: unknown,
  // Who owns a table is held by its policies only while they are forced on him.
  owner: widens,
  rlsEnabled: barrier,
  rlsForced: barrier,
  isPartition: unknown,
  securityInvoker: barrier,
  inExtension: told,
  extension: safe,
  isUnlogged: safe,
  estimatedRows: told,
  partitionKey: safe,
  parents: unknown,
  reads: unknown,
  queryHash: unknown,
  ...{ columns: told, policies: told, grants: told, publications: told },
  // What the grants, the roles and their memberships give.
  privileges: told,
  ...{ indexes: told, foreignKeys: told, constraints: told, triggers: told },
  rules: unknown,
  statistics: safe,
}

/** Whoever was granted something, the owner aside. */
function reachedBy({ grants, owner }: RelationState): string[] {
  return [...new Set(grants.map(({ grantee }) => grantee ?? 'public'))].filter((n) => n !== owner)
}

function newcomer(relation: RelationState): Omit<Change, 'object'> {
  const { kind, securityInvoker } = relation
  const roles = reachedBy(relation)
  if (roles.length === 0 || kind === 'sequence' || securityInvoker) {
    return { judgement: 'SAFE', summary: `${kind} is new` }
  }
  return {
    // A view shows what was there before; whose rows a table holds, nobody knows.
    judgement: isView(relation) ? 'WIDENS' : 'UNKNOWN',
    summary: `${kind} is new, for ${roles.join(', ')}${isView(relation) ? ', and reads as its owner' : ''}`,
  }
}
