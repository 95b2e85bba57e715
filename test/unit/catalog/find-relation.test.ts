import { expect } from 'chai'
import {
  childrenOf,
  descendantsOf,
  findRelation,
  relationNamed,
  securedDescendants,
} from '../../../src/catalog/find-relation.ts'
import { isTable, isView, type RelationKind } from '../../../src/catalog/relation-state.ts'
import { plainRelation, plainSnapshot } from '../../support/plain-state.ts'

describe('a relation of a snapshot', () => {
  it('is found by its schema and its name, with any letters in them', () => {
    const relations = [
      plainRelation('b.c', { schema: 'a' }),
      plainRelation('c', { schema: 'a.b' }),
      plainRelation('Projects', {}),
      plainRelation('projects', {}),
    ]
    const snapshot = plainSnapshot({ relations })
    expect(relations.map((relation) => findRelation(relation, snapshot))).to.deep.equal(relations)
    expect(findRelation({ schema: 'a', name: 'c' }, snapshot)).to.equal(undefined)
  })

  it('is found by the name that a finding gives it', () => {
    const relation = plainRelation('Order Items', {})
    const snapshot = plainSnapshot({ relations: [relation] })
    expect(relationNamed('public."Order Items"', snapshot)).to.equal(relation)
    expect(relationNamed('role app_user', snapshot)).to.equal(undefined)
  })

  it('has children and grandchildren, of which foreign tables have no row security', () => {
    const child = (name: string, parent: string, kind: RelationKind) =>
      plainRelation(name, { kind, parents: [{ schema: 'public', name: parent }] })
    const snapshot = plainSnapshot({
      relations: [
        plainRelation('events', { kind: 'partitioned table' }),
        child('events_2025', 'events', 'foreign table'),
        child('events_2026', 'events', 'partitioned table'),
        child('events_2026_1', 'events_2026', 'table'),
      ],
    })
    const events = { schema: 'public', name: 'events' }
    const names = (relations: readonly { name: string }[]) => relations.map(({ name }) => name)
    expect({
      children: names(childrenOf(events, snapshot)),
      descendants: names(descendantsOf(events, snapshot)),
      secured: names(securedDescendants(events, snapshot)),
    }).to.deep.equal({
      children: ['events_2025', 'events_2026'],
      descendants: ['events_2025', 'events_2026', 'events_2026_1'],
      secured: ['events_2026', 'events_2026_1'],
    })
  })

  it('is a table, a view or neither', () => {
    const KINDS: readonly RelationKind[] = [
      'table',
      'partitioned table',
      'view',
      'materialized view',
      'foreign table',
      'sequence',
    ]
    const kinds = KINDS.map((kind) => [kind, isTable({ kind }), isView({ kind })])
    expect(kinds).to.deep.equal([
      ['table', true, false],
      ['partitioned table', true, false],
      ['view', false, true],
      ['materialized view', false, true],
      ['foreign table', false, false],
      ['sequence', false, false],
    ])
  })
})
