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
  reportedElsewhere,
  safe,
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
    added: (relation) => ({ object: qualifiedName(relation), ...newRelation(relation) }),
    gone: (relation) => ({
      judgement: 'NARROWS',
      object: qualifiedName(relation),
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
  schema: reportedElsewhere,
  name: reportedElsewhere,
  kind: unknown,
  // The policies bind the new owner only while they are forced.
  owner: widens,
  rlsEnabled: barrier,
  rlsForced: barrier,
  isPartition: unknown,
  securityInvoker: barrier,
  inExtension: reportedElsewhere,
  extension: safe,
  isUnlogged: safe,
  estimatedRows: reportedElsewhere,
  partitionKey: safe,
  parents: unknown,
  reads: unknown,
  queryHash: unknown,
  columns: reportedElsewhere,
  policies: reportedElsewhere,
  grants: reportedElsewhere,
  publications: reportedElsewhere,
  // Privileges come from grants, roles and memberships, whose changes are reported.
  privileges: reportedElsewhere,
  indexes: reportedElsewhere,
  foreignKeys: reportedElsewhere,
  constraints: reportedElsewhere,
  triggers: reportedElsewhere,
  rules: unknown,
  statistics: safe,
}

/** The roles with a grant on the relation, without its owner. */
function grantees({ grants, owner }: RelationState): string[] {
  return [...new Set(grants.map(({ grantee }) => grantee ?? 'public'))].filter((n) => n !== owner)
}

function newRelation(relation: RelationState): Omit<Change, 'object'> {
  const { kind, securityInvoker } = relation
  const roles = grantees(relation)
  if (roles.length === 0 || kind === 'sequence' || securityInvoker) {
    return { judgement: 'SAFE', summary: `${kind} is new` }
  }
  return {
    // A view shows rows that were there before; whose rows a new table holds is not known.
    judgement: isView(relation) ? 'WIDENS' : 'UNKNOWN',
    summary: `${kind} is new, for ${roles.join(', ')}${isView(relation) ? ', and reads as its owner' : ''}`,
  }
}
