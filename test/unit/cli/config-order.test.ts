import { expect } from 'chai'
import { inConfigOrder } from '../../../src/cli/config-order.ts'

describe('inConfigOrder', () => {
  const listed = [
    { schema: undefined, name: 'tasks' },
    { schema: 'billing', name: 'tasks' },
    { schema: undefined, name: 'events' },
    { schema: undefined, name: 'notes' },
  ]
  const table = (schema: string, name: string) => ({ schema, name })

  it('is that of the config, and partitions stay behind their table', () => {
    const given = [
      table('public', 'notes'),
      table('billing', 'tasks'),
      table('public', 'events'),
      table('public', 'events_1'),
      table('public', 'events_2'),
      table('public', 'tasks'),
    ]
    expect(
      inConfigOrder(given, listed).map(({ schema, name }) => `${schema}.${name}`),
    ).to.deep.equal([
      'public.tasks',
      'billing.tasks',
      'public.events',
      'public.events_1',
      'public.events_2',
      'public.notes',
    ])
  })
})
