import type {
  ColumnState,
  Grant,
  PublicationState,
  RelationState,
  Snapshot,
} from '../catalog/snapshot.ts'
import { qualifiedName } from '../policy/quote.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import {
  barrier,
  type Change,
  changedFields,
  changedList,
  type Judge,
  type Judgement,
  type Judges,
  safe,
  told,
  unknown,
  widens,
} from './change.ts'
import { changedPolicies } from './policies.ts'

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
        ...changedGrants(old, now, object),
        ...changedColumns(old, now, object),
        ...changedPublications(old.publications, now.publications, object),
        ...changedParts(old, now, object),
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
  const isView = kind === 'view' || kind === 'materialized view'
  if (roles.length === 0 || kind === 'sequence' || securityInvoker) {
    return { judgement: 'SAFE', summary: `${kind} is new` }
  }
  return {
    // A view shows what was there before; whose rows a table holds, nobody knows.
    judgement: isView ? 'WIDENS' : 'UNKNOWN',
    summary: `${kind} is new, for ${roles.join(', ')}${isView ? ', and reads as its owner' : ''}`,
  }
}

interface Granted {
  readonly owner: string
  readonly grants: readonly Grant[]
}

/** What its owner has goes with the ownership. */
export function changedGrants(before: Granted, after: Granted, object: string): Change[] {
  const grants = ({ owner, grants }: Granted) => grants.filter(({ grantee }) => grantee !== owner)
  const words = ({ grantee, privilege }: Grant) => `${privilege} of ${grantee ?? 'public'}`
  return changedList(grants(before), grants(after), {
    key: words,
    added: (grant) => ({ judgement: 'WIDENS', object, summary: `${words(grant)} is new` }),
    gone: (grant) => ({ judgement: 'NARROWS', object, summary: `${words(grant)} is gone` }),
  })
}

function changedColumns(before: RelationState, after: RelationState, object: string): Change[] {
  const decides = ({ name }: ColumnState) =>
    [...before.policies, ...after.policies].some(({ usingColumns, checkColumns }) =>
      [...usingColumns, ...checkColumns].includes(name),
    )
  const ifDecides =
    (column: ColumnState): Judge<unknown> =>
    () =>
      decides(column) ? 'UNKNOWN' : 'SAFE'
  return changedList(before.columns, after.columns, {
    key: ({ name }) => name,
    added: ({ name }) => ({ judgement: 'SAFE', object, summary: `column ${name} is new` }),
    gone: ({ name }) => ({ judgement: 'NARROWS', object, summary: `column ${name} is gone` }),
    kept: (old, now) => {
      const judge = ifDecides(now)
      const judges: Judges<ColumnState> = {
        ...{ name: told, baseType: told, isDomain: told },
        ...{ type: judge, notNull: judge, default: judge, isIdentity: judge },
        defaultFunctions: judge,
      }
      return changedFields(old, now, { object, what: `column ${now.name}`, judges })
    },
  })
}

function changedPublications(
  before: readonly PublicationState[],
  after: readonly PublicationState[],
  object: string,
): Change[] {
  const words = ({ name }: PublicationState) => `publication ${name}`
  return changedList(before, after, {
    key: words,
    added: (it) => ({ judgement: 'WIDENS', object, summary: `${words(it)} is new` }),
    gone: (it) => ({ judgement: 'NARROWS', object, summary: `${words(it)} is gone` }),
    kept: (old, now) =>
      changedFields(old, now, {
        ...{ object, what: words(now) },
        judges: { name: told, namesTable: safe, hasRowFilter: barrier },
      }),
  })
}

type Named = { readonly name: string }

interface Part {
  readonly what: string
  readonly of: (relation: RelationState) => readonly Named[]
  readonly judgement: Judgement
}

// A trigger runs whatever its function says. Keys, indexes and constraints keep rows out.
const PARTS: readonly Part[] = [
  { what: 'trigger', of: ({ triggers }) => triggers, judgement: 'UNKNOWN' },
  { what: 'index', of: ({ indexes }) => indexes, judgement: 'SAFE' },
  { what: 'foreign key', of: ({ foreignKeys }) => foreignKeys, judgement: 'SAFE' },
  { what: 'constraint', of: ({ constraints }) => constraints, judgement: 'SAFE' },
]

function changedParts(before: RelationState, after: RelationState, object: string): Change[] {
  return PARTS.flatMap(({ what, of, judgement }) => {
    const change = ({ name }: Named, state: string): Change => ({
      ...{ judgement, object, summary: `${what} ${name} ${state}` },
    })
    return changedList(of(before), of(after), {
      key: ({ name }) => name,
      added: (part) => change(part, 'is new'),
      gone: (part) => change(part, 'is gone'),
      kept: (old, now) =>
        JSON.stringify(old) === JSON.stringify(now) ? [] : change(now, 'is another'),
    })
  })
}
