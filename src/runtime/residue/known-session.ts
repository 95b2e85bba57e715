import { Baseline } from './baseline.ts'
import { ASKED_SETTINGS, FACTS, IS_UNTOUCHED, readFacts } from './facts.ts'

/** The knowledge about a session that is asked for columns, and does not refuse. */
export interface KnownSession {
  baseline: Baseline | undefined
  /** Of the backend that the connection was made to, where its driver tells. */
  readonly pid: number | undefined
}

/** A row of `questions`, of one kind or the other. */
export interface SessionAnswer {
  readonly clean?: boolean
  readonly facts?: string
  readonly untouched?: boolean
}

/** SQL of columns: whether the session is clean, or where that is not known, what it is like. */
export function questions(session: KnownSession | undefined): string {
  const baseline = session?.baseline
  if (!baseline) return details(session?.pid)
  const holdsCursor = 'exists (select from pg_catalog.pg_cursor() where is_holdable)'
  return `(${baseline.wholeCondition} and not ${holdsCursor}) as clean`
}

/** SQL of columns. The second costs a millisecond, and only where a pooler lends another session. */
export function details(pid: number | undefined): string {
  const isOwn =
    pid === undefined ? 'true' : `pg_catalog.pg_backend_pid() operator(pg_catalog.=) ${pid}`
  return `${FACTS} as facts, (${isOwn} or (${IS_UNTOUCHED})) as untouched`
}

/**
 * Holds a session against what is known of it; the first time what is there belongs to the connection.
 *
 * @returns what an earlier statement has left; empty where the session is clean
 */
export function residueIn(
  session: KnownSession,
  { facts: text, untouched }: SessionAnswer,
): string[] {
  const facts = readFacts(text)
  const { baseline, pid } = session
  if (baseline) return baseline.differences(facts)
  const isOwn = pid === undefined || pid === facts.pid
  session.baseline = new Baseline(facts, isOwn)
  if (isOwn || (untouched && !facts.holdsCursor)) return []
  // Behind a pooler there is no telling which of it was left.
  return [`role ${facts.role}`, ...ASKED_SETTINGS.map((name) => `${name} ${facts.settings[name]}`)]
}
