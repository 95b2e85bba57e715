import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import { descendantsOf } from '../catalog/find-relation.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { literal } from '../sql/literal.ts'
import { dollarQuoted, identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { unusedName } from '../sql/unused-name.ts'
import { downSeeingAllRows } from './all-rows.ts'
import type { WrongForeignKey } from './foreign-keys.ts'
import { commentOnConstraint } from './index-extras.ts'
import type { Step } from './step.ts'

export interface NewForeignKey extends WrongForeignKey {
  /** Its name until it takes that of the old one. */
  readonly name: string
  /** The partitions of the child, all of them and those that hold rows. */
  readonly partitions: readonly RelationState[]
  readonly leaves: readonly RelationState[]
  readonly parentPartitions: readonly RelationState[]
  /** All tables whose rows the validation has to see. */
  readonly relations: readonly RelationState[]
}

export function newForeignKey(wrong: WrongForeignKey, snapshot: Snapshot): NewForeignKey {
  const { child, parent, key } = wrong
  const isPartition = (relation: RelationState) => relation.isPartition
  const partitions = descendantsOf(child.relation, snapshot).filter(isPartition)
  const parentPartitions = descendantsOf(parent.relation, snapshot).filter(isPartition)
  return {
    ...wrong,
    name: unusedName(key.name, '_tenant', constraintNames(child.relation)),
    partitions,
    leaves: partitions.filter(({ kind }) => kind === 'table'),
    parentPartitions,
    relations: [child.relation, ...partitions, parent.relation, ...parentPartitions],
  }
}

/** The rows that are there are looked at later. */
export function addForeignKey(key: NewForeignKey, relation: RelationState): Step {
  return {
    ...stepOn(key, relation),
    why: 'A row can refer to rows of its own tenant only. The rows that are there are looked at later.',
    outcome: `foreign key ${key.name}`,
    up: alter(
      relation,
      `add constraint ${identifier(key.name)}\n  ${key.wanted.definition} not valid`,
    ),
    down: [alter(relation, `drop constraint if exists ${identifier(key.name)}`)],
    lock: 'share row exclusive',
    hazard: `A row that refers to another tenant is refused from here on.${lostAction(key)}`,
  }
}

/** The message of PostgreSQL names one row, and does not say how to find the others. */
export function validateForeignKey(key: NewForeignKey, relation: RelationState): Step {
  const parent = qualifiedName(key.parent.table)
  const name = identifier(key.name)
  // Only a key that holds proves that there is a parent.
  const isProven = !relation.constraints.some((c) => c.name === key.key.name && !c.isValid)
  const problem = isProven
    ? `rows that refer to another tenant in ${parent}`
    : `rows whose row in ${parent} is missing or of another tenant`
  const message = `${qualifiedName(relation)} has ${problem}, which ${key.name} forbids: ${foreignRows(key, relation)}`
  return {
    table: { schema: relation.schema, name: relation.name },
    ...(relation === key.child.relation && reachesOf(key.partitions)),
    why: 'Looks at the rows that are there; ends here, and says where to look, when one is of another tenant.',
    outcome: `${key.name} validated`,
    up: `do ${dollarQuoted(` begin
  ${alter(relation, `validate constraint ${name}`)};
exception when foreign_key_violation then
  raise foreign_key_violation using message = ${literal(message)};
end `)}`,
    down: [],
    lock: 'share update exclusive',
  }
}

/**
 * For a partitioned table whose partitions have the key, and validated: it is not scanned again. It
 * takes the strongest lock on the parent, to drop the triggers that are there for each partition.
 */
export function takeInForeignKeys(key: NewForeignKey): Step {
  const { child, name, wanted } = key
  return {
    ...stepOn(key, child.relation),
    why: 'Takes in the foreign keys of the partitions, and gives one to every new partition.',
    outcome: `foreign key ${name}`,
    up: alter(child.relation, `add constraint ${identifier(name)} ${wanted.definition}`),
    down: [],
    lock: 'access exclusive',
  }
}

/** The new one takes the name of the old one: the application may know it from an error. */
export function replaceForeignKey(
  key: NewForeignKey,
  validated: readonly RelationState[],
  snapshot: Snapshot,
): Step[] {
  const { wanted, partitions, relations } = key
  const { relation } = key.child
  const [old, name] = [identifier(key.key.name), identifier(key.name)]
  const down = (statements: string[]) => downSeeingAllRows(relations, snapshot, statements)
  const renames = [relation, ...partitions].map((member, index) => ({
    table: { schema: member.schema, name: member.name },
    why: 'It takes the name of the old one, by which the application may know it.',
    up: alter(member, `rename constraint ${name} to ${nameIn(member, key)}`),
    down:
      index === 0
        ? down([
            alter(relation, `drop constraint if exists ${old}`),
            ...validated.map((member) =>
              alter(member, `add constraint ${name} ${wanted.definition}`),
            ),
          ])
        : [],
    lock: 'access exclusive' as const,
  }))
  const comments = commentsOn(key, relation, partitions).map((comment) => ({
    table: comment.table,
    why: 'The old one had this comment.',
    up: comment.up,
    down: [],
    lock: comment.lock,
  }))
  return [dropForeignKey(key, snapshot), ...renames, ...comments]
}

/** Of the old key, and of its parts on partitions, which take its place under the same names. */
function commentsOn(
  { key }: NewForeignKey,
  relation: RelationState,
  partitions: readonly RelationState[],
) {
  return [relation, ...partitions].flatMap((member) => {
    const own = member === relation ? key : ownPart(member, key)
    const { schema, name } = member
    return own?.comment == null
      ? []
      : [{ table: { schema, name }, ...commentOnConstraint(member, own.name, own.comment) }]
  })
}

export function dropForeignKey(key: NewForeignKey, snapshot: Snapshot): Step {
  const { relation } = key.child
  const old = identifier(key.key.name)
  return {
    ...stepOn(key, relation),
    why: 'Its successor holds the tenant, and every row was looked at.',
    outcome: `${key.key.name} replaced`,
    up: alter(relation, `drop constraint ${old}`),
    down: downSeeingAllRows(key.relations, snapshot, [
      alter(relation, `add constraint ${old} ${key.key.definition}`),
      ...key.partitions
        .filter((partition) => nameIn(partition, key) !== old)
        .map((partition) =>
          alter(partition, `rename constraint ${old} to ${nameIn(partition, key)}`),
        ),
      ...commentsOn(key, relation, key.partitions).map(({ up }) => up),
    ]),
    downHazard: 'A row may refer to another tenant again. Writers wait while all rows are read.',
    lock: 'access exclusive',
  }
}

/** A partition that was attached may have had the key under a name of its own. */
function nameIn(partition: RelationState, { key }: NewForeignKey): string {
  return identifier(ownPart(partition, key)?.name ?? key.name)
}

function ownPart(
  { foreignKeys }: RelationState,
  key: ForeignKeyState,
): ForeignKeyState | undefined {
  return foreignKeys.find(
    ({ isPartition, definition }) => isPartition && definition === key.definition,
  )
}

/** ON UPDATE would move rows between tenants. */
function lostAction({ key: { onUpdate } }: NewForeignKey): string {
  if (onUpdate === 'no action' || onUpdate === 'restrict') return ''
  return ` ON UPDATE ${onUpdate.toUpperCase()} goes: changing a key that is referred to is refused.`
}

function foreignRows({ parent, wanted }: NewForeignKey, relation: RelationState): string {
  const pairs = wanted.columns.map(
    (column, index) =>
      `parent.${identifier(wanted.referencedColumns[index] ?? '')} = child.${identifier(column)}`,
  )
  const isSet = wanted.columns.map((column) => `child.${identifier(column)} is not null`)
  const only = relation.kind === 'table' ? 'only ' : ''
  return `select child.* from ${only}${qualifiedName(relation)} as child where ${isSet.join(' and ')} and not exists (select from ${qualifiedName(parent.table)} as parent where ${pairs.join(' and ')})`
}

function stepOn({ partitions, parent, parentPartitions }: NewForeignKey, relation: RelationState) {
  const others = [
    ...(relation.kind === 'partitioned table' ? partitions : []),
    parent.relation,
    ...parentPartitions,
  ].filter((other) => other !== relation)
  return { table: { schema: relation.schema, name: relation.name }, ...reachesOf(others) }
}

function reachesOf(relations: readonly RelationState[]): { readonly reaches?: TableName[] } {
  const names = [...new Set(relations)].map(({ schema, name }) => ({ schema, name }))
  return names.length > 0 ? { reaches: names } : {}
}

function alter(relation: RelationState, what: string): string {
  return `alter table ${qualifiedName(relation)} ${what}`
}

function constraintNames({ foreignKeys, indexes }: RelationState): string[] {
  return [
    ...foreignKeys.map(({ name }) => name),
    ...indexes.flatMap(({ constraint }) => constraint ?? []),
  ]
}
