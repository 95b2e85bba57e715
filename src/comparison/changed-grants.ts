import type { RelationState } from '../catalog/relation-state.ts'
import type { Grant } from '../catalog/role-state.ts'
import { identifier } from '../sql/quote.ts'
import { type Change, changedList } from './change.ts'

interface GrantedAs<G extends Grant> {
  readonly owner: string
  readonly grants: readonly G[]
}

type Granted = GrantedAs<Grant>

/** The privileges of an owner are left out: they come with the ownership. */
export function changedGrants(before: Granted, after: Granted, object: string): Change[] {
  return changedList(granted(before), granted(after), {
    key: words,
    added: (grant) => ({ judgement: 'WIDENS', object, summary: `${words(grant)} is new` }),
    gone: (grant) => ({ judgement: 'NARROWS', object, summary: `${words(grant)} is gone` }),
  })
}

interface ColumnGrant extends Grant {
  readonly column: string
}

/**
 * The changes of a table and its columns. A grant on a column gives less than one on the table, and adds no
 * right to that one.
 */
export function changedRelationGrants(
  before: RelationState,
  after: RelationState,
  object: string,
): Change[] {
  const wholes = { before: wholeGrants(before), after: wholeGrants(after) }
  const had = new Set(granted(wholes.before).map(words))
  const has = new Set(granted(wholes.after).map(words))
  const ofColumn = (grant: ColumnGrant) => `${words(grant)} on column ${identifier(grant.column)}`
  return [
    ...changedGrants(wholes.before, wholes.after, object),
    ...changedList(columnGrants(before), columnGrants(after), {
      key: ofColumn,
      added: (grant) => ({
        judgement: had.has(words(grant)) ? 'SAFE' : 'WIDENS',
        object,
        summary: `${ofColumn(grant)} is new`,
      }),
      gone: (grant) => ({
        judgement: has.has(words(grant)) ? 'SAFE' : 'NARROWS',
        object,
        summary: `${ofColumn(grant)} is gone`,
      }),
    }),
  ]
}

/** Each grant once: several roles can grant the same privilege. */
function wholeGrants({ owner, grants }: RelationState): Granted {
  return {
    owner,
    grants: distinct(
      grants.filter(({ columns }) => columns.length === 0),
      words,
    ),
  }
}

function columnGrants(relation: RelationState): ColumnGrant[] {
  const each = granted(relation).flatMap(({ grantee, privilege, columns }) =>
    columns.map((column): ColumnGrant => ({ grantee, privilege, column })),
  )
  return distinct(each, (grant) => JSON.stringify([words(grant), grant.column]))
}

function granted<G extends Grant>({ owner, grants }: GrantedAs<G>): G[] {
  return grants.filter(({ grantee }) => grantee !== owner)
}

function distinct<T>(list: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(list.map((item) => [key(item), item])).values()]
}

function words({ grantee, privilege }: Grant): string {
  return `${privilege} of ${grantee ?? 'public'}`
}
