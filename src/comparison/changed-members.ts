import type { ColumnState, PublicationState, RelationState } from '../catalog/relation-state.ts'
import {
  barrier,
  type Change,
  changedFields,
  changedList,
  isSame,
  type Judge,
  type Judgement,
  type Judges,
  reportedElsewhere,
  safe,
} from './change.ts'

export function changedColumns(
  before: RelationState,
  after: RelationState,
  object: string,
): Change[] {
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
        name: reportedElsewhere,
        type: judge,
        baseType: reportedElsewhere,
        isDomain: reportedElsewhere,
        notNull: judge,
        default: judge,
        isIdentity: judge,
        isGenerated: judge,
        isVirtual: judge,
        plainType: reportedElsewhere,
        equality: reportedElsewhere,
        defaultFunctions: judge,
        defaultSequences: judge,
      }
      return changedFields(old, now, { object, what: `column ${now.name}`, judges })
    },
  })
}

export function changedPublications(
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
        object,
        what: words(now),
        judges: { name: reportedElsewhere, namesTable: safe, hasRowFilter: barrier },
      }),
  })
}

type Named = { readonly name: string }

interface Members {
  readonly what: string
  readonly of: (relation: RelationState) => readonly Named[]
  readonly judgement: Judgement
}

// A trigger can do anything. Keys, indexes and constraints only refuse rows.
const MEMBERS: readonly Members[] = [
  { what: 'trigger', of: ({ triggers }) => triggers, judgement: 'UNKNOWN' },
  { what: 'index', of: ({ indexes }) => indexes, judgement: 'SAFE' },
  { what: 'foreign key', of: ({ foreignKeys }) => foreignKeys, judgement: 'SAFE' },
  { what: 'constraint', of: ({ constraints }) => constraints, judgement: 'SAFE' },
]

export function changedMembers(
  before: RelationState,
  after: RelationState,
  object: string,
): Change[] {
  return MEMBERS.flatMap(({ what, of, judgement }) => {
    const change = ({ name }: Named, state: string): Change => ({
      judgement,
      object,
      summary: `${what} ${name} ${state}`,
    })
    return changedList(of(before), of(after), {
      key: ({ name }) => name,
      added: (member) => change(member, 'is new'),
      gone: (member) => change(member, 'is gone'),
      kept: (old, now) => (isSame(old, now) ? [] : change(now, 'is another')),
    })
  })
}
