import { qualifiedName } from '../sql/quote.ts'
import { hasTransaction, LOCKS, type Lock, type Phase, type Step } from './step.ts'

const SUMMARY: Readonly<Record<Phase['name'], readonly string[]>> = {
  columns: ['Columns: whose row it is; the default is the tenant of the statement.'],
  backfill: [
    'Backfill: the tenant of the rows that are there, in batches that are committed one by one.',
    'Interrupted, it goes on where it stopped.',
  ],
  indexes: [
    'Indexes: what the policies ask for is found without reading the rows of every tenant. Built',
    'concurrently, in no transaction: reads and writes go on. Interrupted, it can run again.',
  ],
  constraints: ['Constraints, not validated yet: they hold for new rows, and no row is scanned.'],
  validation: [
    'Validation of the rows that are there, while reads and writes go on; then the constraint proves',
    'NOT NULL without another scan.',
  ],
  keys: ['Keys: those that do not hold the tenant go, now that others do.'],
  privileges: [
    'Privileges: views read with those of their caller, and the application keeps those it needs.',
  ],
  policies: ['Policies, defaults, ENABLE: the application reaches the rows of its tenant only.'],
  force: [
    'FORCE: the policies bind the owner of the tables too. Before this runs, its jobs, views and',
    'functions need a role that has a policy.',
  ],
}

const IN_TRANSACTION: Partial<Record<Phase['name'], readonly string[]>> = {
  backfill: [
    'Backfill: the tenant of the rows that are there, in one transaction. On a large table run',
    '`kysely-tenants backfill` before; then this finds nothing to do.',
  ],
  indexes: [
    'Indexes: for the policies, to find rows without reading those of every tenant. On a large table build',
    'them with CREATE INDEX CONCURRENTLY before, under these names; then this finds nothing to do.',
  ],
}

const SINGLE: Partial<Record<Phase['name'], readonly string[]>> = {
  backfill: SUMMARY.backfill,
  indexes: [
    'An index for the policies, to find rows without reading those of every tenant. Built concurrently, in no',
    'transaction: reads and writes go on. A build that fails leaves an index that is not valid: drop it, then',
    'run this file again.',
  ],
}

const OBSERVING = [
  'Policies that do not enforce yet: a statement without a tenant reaches every row, and writes a line',
  'into the log of the server. `kysely-tenants migrate:rls` makes them those that enforce.',
]

const REDUCES = '`down` reduces isolation: it puts back what was there when this file was written.'

const DOWN: Partial<Record<Phase['name'], string>> = {
  backfill: '`down` has no effect: the rows keep the tenants that they were given.',
  keys: REDUCES,
  privileges: REDUCES,
  policies: REDUCES,
  force: REDUCES,
}

/** The head of a file: its purpose, a line for each table, and the way back. */
export function fileHead(phase: Phase): string[] {
  return [
    ...purpose(phase),
    '',
    hasTransaction(phase)
      ? 'Each table, its lock from the first statement on until the commit, and what it gets. A lock that is'
      : 'Each table, its lock while a statement runs, and what it gets.',
    ...(hasTransaction(phase) ? ['not free within 2 s ends it all.'] : []),
    ...tableLines(phase.steps),
    '',
    wayBack(phase),
  ]
}

/** The head of a file that has the way back alone. */
export function wayBackHead(phase: Phase): string[] {
  return [wayBack(phase), ...locksOnTheWayBack(phase)]
}

function purpose({ name, isObserving, isInTransaction, isSingle }: Phase): readonly string[] {
  if (isObserving) return OBSERVING
  const own = isInTransaction ? IN_TRANSACTION[name] : isSingle ? SINGLE[name] : undefined
  return own ?? SUMMARY[name]
}

function wayBack({ name }: Phase): string {
  return DOWN[name] ?? '`down` puts back what was there when this file was written.'
}

function locksOnTheWayBack(phase: Phase): string[] {
  if (phase.steps.every((step) => step.down.length === 0)) return []
  return hasTransaction(phase)
    ? [
        'Locks every table it changes, access exclusive, until the commit; a lock that is not free within',
        '2 s ends it all.',
      ]
    : ['Locks every table it changes, share update exclusive, for its statement only.']
}

function tableLines(steps: readonly Step[]): string[] {
  return tableChanges(steps).map(({ table, lock, outcomes }) => {
    const gets = outcomes.length > 0 ? `: ${outcomes.join(', ')}` : ''
    return `  ${table} (${lock})${gets}`
  })
}

export interface TableChange {
  /** As SQL has it. */
  readonly table: string
  /** The strongest that the steps take on it. */
  readonly lock: Lock
  readonly outcomes: readonly string[]
}

/** Every table that the steps change or lock, once. */
export function tableChanges(steps: readonly Step[]): TableChange[] {
  const changes = new Map<string, { lock: Lock; outcomes: string[] }>()
  for (const { table, reaches = [], lock, outcome } of steps) {
    for (const [index, name] of [table, ...reaches].map(qualifiedName).entries()) {
      const change = changes.get(name) ?? { lock, outcomes: [] }
      changes.set(name, change)
      if (LOCKS.indexOf(change.lock) < LOCKS.indexOf(lock)) change.lock = lock
      if (index === 0 && outcome !== undefined) change.outcomes.push(outcome)
    }
  }
  return [...changes].map(([table, change]) => ({ table, ...change }))
}
