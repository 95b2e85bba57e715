import type { ColumnState, RelationState } from '../../src/catalog/relation-state.ts'
import type { Snapshot } from '../../src/catalog/snapshot.ts'

// A state without a database: a server of PostgreSQL 18.4 with the given objects alone.

export function plainSnapshot(state: Partial<Snapshot>): Snapshot {
  return {
    serverVersion: 180004,
    database: 'db',
    currentUser: 'owner',
    tenantAtStart: null,
    extensions: [],
    roles: [],
    memberships: [],
    relations: [],
    functions: [],
    settingDefaults: [],
    securedObjects: [],
    defaultGrants: [],
    userMappings: [],
    eventTriggers: [],
    largeObjects: 0,
    ...state,
  }
}

export function plainRelation(name: string, state: Partial<RelationState>): RelationState {
  return {
    schema: 'public',
    name,
    kind: 'table',
    owner: 'owner',
    estimatedRows: -1,
    rlsEnabled: false,
    rlsForced: false,
    isPartition: false,
    securityInvoker: false,
    inExtension: false,
    extension: null,
    isUnlogged: false,
    partitionKey: [],
    parents: [],
    reads: [],
    queryHash: null,
    columns: [],
    policies: [],
    indexes: [],
    foreignKeys: [],
    grants: [],
    privileges: [],
    constraints: [],
    triggers: [],
    rules: [],
    statistics: [],
    publications: [],
    ...state,
  }
}

export function plainColumn(name: string, baseType: string): ColumnState {
  return {
    name,
    type: baseType,
    baseType,
    isDomain: false,
    notNull: true,
    default: null,
    isIdentity: false,
    isGenerated: false,
    isVirtual: false,
    plainType: 'uuid',
    equality: 'pg_catalog',
    defaultFunctions: [],
    defaultSequences: [],
  }
}
