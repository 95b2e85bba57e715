import { qualifiedName } from '../policy/quote.ts'
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
  constraints: ['Constraints, not validated yet: they hold for new rows, and nothing is scanned.'],
  validation: [
    'Validation of the rows that are there, while reads and writes go on; then the constraint proves',
    'NOT NULL without another scan.',
  ],
  policies: ['Policies, defaults, ENABLE: the application reaches the rows of its tenant only.'],
  force: [
    'FORCE: the policies bind the owner of the tables too. Before this runs, its jobs, views and',
    'functions need a role that has a policy.',
  ],
}

const DOWN: Partial<Record<Phase['name'], string>> = {
  backfill: '`down` does nothing: what the rows were given stays.',
  policies: '`down` reduces isolation: it puts back what was there when this file was written.',
  force: '`down` reduces isolation: it puts back what was there when this file was written.',
}

/**
 * The text of a Kysely migration file, formatted as Biome and Prettier leave it alone at a line
 * width of 100.
 *
 * @param template valid TypeScript with three holes, the block comments `summary`, `up` and `down`
 */
export function renderMigration(template: string, { name, steps }: Phase): string {
  const up = steps.map((step) => [...explain(step), execute(step.up)].join('\n'))
  const undo = steps.toReversed().flatMap((step) => step.down.map(execute))
  const down =
    undo.length > 0
      ? ['// Restores what was there when this file was written.', ...undo]
      : ['// There is nothing to take back.']
  const summary = [
    ...SUMMARY[name],
    '',
    hasTransaction({ name })
      ? 'Locks, from its statement on until the commit; a lock that is not free within 2 s ends it all:'
      : 'Locks, each for its statement only:',
    ...lockLines(steps),
    '',
    DOWN[name] ?? '`down` puts back what was there when this file was written.',
  ]

  // Functions, because `$&` in a replacement string would be expanded.
  return template
    .replace('/* summary */', () => summary.map(comment).join('\n'))
    .replace('/* up */', () => indent(up.join('\n\n')).trimStart())
    .replace('/* down */', () => indent(down.join('\n')).trimStart())
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

function explain({ why, hazard, lock }: Step): string[] {
  return [why, ...(hazard ? [`Hazard: ${hazard}`] : []), `Lock: ${lock}.`]
    .flatMap(wrap)
    .map(comment)
}

function wrap(text: string): string[] {
  return text.match(/\S.{0,90}(?!\S)|\S+/gs) ?? []
}

// Names and defaults are not ours: a line break in one of them would end the comment.
function comment(text: string): string {
  return `// ${text.replace(/[\n\r\u2028\u2029]+/g, ' ')}`.trimEnd()
}

function execute(sql: string): string {
  const text = templateText(sql)
  const line = `await sql\`${text}\`.execute(db)`
  if (!text.includes('\n') && line.length <= 98) return line
  return `await sql\`\n${indent(text)}\n\`.execute(db)`
}

// Line breaks between words may be indented; those inside quotes belong to the value.
function templateText(sql: string): string {
  return sql
    .replace(/[\\`]|\$\{/g, '\\$&')
    .replace(/\r/g, '\\r')
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (quoted) => quoted.replaceAll('\n', '\\n'))
}

// By `\n` alone: to `^`, U+2028 inside a value begins a line too.
// Not `^` with the flag `m`: it matches behind U+2028 too, in the middle of a value.
function indent(text: string): string {
  return text.replace(/(^|\n)(?=[^\n])/g, '$1  ')
}
