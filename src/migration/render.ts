import { qualifiedName } from '../sql/quote.ts'
import type { FileKind } from './file-kind.ts'
import { hasTransaction, LOCKS, type Lock, type Phase, type Step } from './step.ts'
import { indent, type Syntax } from './syntax.ts'

const LINE_WIDTH = 100

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

/**
 * The text of a migration file, formatted as Biome and Prettier leave it alone at a line width of 100.
 *
 * @param template a valid file with holes, the block comments `summary`, `up`, `way back` and `down`;
 * what has only `up` and `summary` is undone by another file
 */
export function renderMigration(template: string, phase: Phase, kind: FileKind): string {
  const { syntax, syntaxWithoutTransaction = syntax } = kind
  const { comment } = syntax
  const upSyntax = hasTransaction(phase) ? syntax : syntaxWithoutTransaction
  const holes: Readonly<Record<string, (width: number) => string>> = {
    origin: () => comments([kind.origin ?? ''], comment),
    summary: () => comments([...summary(phase), '', wayBack(phase)], comment),
    'way back': () => comments([wayBack(phase), ...locksOnTheWayBack(phase)], comment),
    up: (width) => up(phase, upSyntax, width),
    down: (width) => down(phase, syntax, width),
  }
  return template.replace(/^( *)\/\* ([a-z ]+) \*\//gm, (hole, margin: string, name: string) => {
    const text = holes[name]?.(LINE_WIDTH - margin.length)
    return text === undefined ? hole : indent(text, margin.length)
  })
}

function up({ steps }: Phase, syntax: Syntax, width: number): string {
  return steps
    .map((step) => `${explain(step, syntax)}\n${syntax.statement(step.up, width)}`)
    .join(syntax.separator ? `\n${syntax.separator}\n` : '\n\n')
}

function down({ steps }: Phase, { comment, statement }: Syntax, width: number): string {
  const undo = steps
    .toReversed()
    .flatMap(({ down, downHazard }) => [
      ...(downHazard ? [comments(wrap(`Hazard: ${downHazard}`), comment)] : []),
      ...down.map((sql) => statement(sql, width)),
    ])
  if (undo.length === 0) return `${comment} There is no change to take back.`
  return [`${comment} Restores what was there when this file was written.`, ...undo].join('\n')
}

function summary(phase: Phase): string[] {
  return [
    ...purpose(phase),
    '',
    hasTransaction(phase)
      ? 'Locks, from its statement on until the commit; a lock that is not free within 2 s ends it all:'
      : 'Locks, each for its statement only:',
    ...lockLines(phase.steps),
  ]
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

/** Every table once, with the strongest lock it sees. */
function lockLines(steps: readonly Step[]): string[] {
  const locks = new Map<string, Lock>()
  for (const { table, reaches = [], lock } of steps) {
    for (const name of [table, ...reaches].map(qualifiedName)) {
      const known = locks.get(name)
      if (!known || LOCKS.indexOf(known) < LOCKS.indexOf(lock)) locks.set(name, lock)
    }
  }
  return [...locks].map(([table, lock]) => `  ${table}: ${lock}`)
}

function explain({ why, hazard, lock }: Step, { comment }: Syntax): string {
  const sentences = [why, ...(hazard ? [`Hazard: ${hazard}`] : []), `Lock: ${lock}.`]
  return comments(sentences.flatMap(wrap), comment)
}

function wrap(text: string): string[] {
  return text.match(/\S.{0,90}(?!\S)|\S+/gs) ?? []
}

// Names and defaults are not ours: a line break in one of them would end the comment.
function comments(lines: readonly string[], sign: Syntax['comment']): string {
  return lines
    .map((line) => `${sign} ${line.replace(/[\n\r\u2028\u2029]+/g, ' ')}`.trimEnd())
    .join('\n')
}
