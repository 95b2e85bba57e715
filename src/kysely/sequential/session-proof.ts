import { CompiledQuery, type DatabaseConnection } from 'kysely'
import { Baseline } from '../../runtime/residue/baseline.ts'
import { cleaningTexts } from '../../runtime/residue/clean-up.ts'
import { readFacts } from '../../runtime/residue/facts.ts'
import {
  details,
  type KnownSession,
  questions,
  residueIn,
  type SessionAnswer,
} from '../../runtime/residue/known-session.ts'
import type { Sessions } from './sessions.ts'

/** The row of the columns. */
export interface SessionAnswers extends SessionAnswer {
  readonly pid: number
}

const PID = 'pg_catalog.pg_backend_pid() as pid'

/**
 * Whether the session of a checkout has been found clean. The questions ride in the statement that sets
 * the tenant, and what they find is taken away before the statement of the user is sent.
 */
export class SessionProof {
  readonly #connection: DatabaseConnection
  readonly #sessions: Sessions
  // The session that was found clean.
  #session: KnownSession | undefined
  #pid: number | undefined
  #isCleaned = false
  // A `rollback to` may bring back what was cleaned behind it.
  #hasSavepoint = false

  constructor(connection: DatabaseConnection, sessions: Sessions) {
    this.#connection = connection
    this.#sessions = sessions
  }

  /** What the session was like before its first lease. */
  get baseline(): Baseline | undefined {
    return (this.#session ?? this.#sessions.expected)?.baseline
  }

  /** SQL of the columns that `check` reads. */
  columns(): string {
    return this.#session ? PID : `${PID}, ${questions(this.#sessions.expected)}`
  }

  /** @returns what was found and taken away */
  async check(answer: SessionAnswers): Promise<string[]> {
    const { pid } = answer
    if (this.#session && pid === this.#pid) return []
    const expected = this.#sessions.expected?.baseline
    const session = this.#sessions.of(pid)
    this.#session = session
    this.#pid = pid
    if (answer.clean) {
      session.baseline ??= expected
      return []
    }
    const found = residueIn(session, answer.facts ? answer : await this.#ask(session))
    if (found.length > 0) await this.#clean(session)
    return found
  }

  /** After a savepoint, and after going back to one. */
  savepoint(): void {
    if (!this.#isCleaned) this.#hasSavepoint = true
    else if (this.#hasSavepoint) this.#session = undefined
  }

  /** After a transaction: a clean-up in it is undone with it. */
  ended(isCommitted: boolean): void {
    const isKept = this.#session?.baseline?.isOwn && (isCommitted || !this.#isCleaned)
    if (!isKept) this.#session = undefined
    this.#isCleaned = false
    this.#hasSavepoint = false
  }

  async #ask(session: KnownSession): Promise<SessionAnswer> {
    const [answer] = await this.#query<SessionAnswer>(`select ${details(session.pid)}`)
    return answer ?? {}
  }

  async #clean(session: KnownSession): Promise<void> {
    const { baseline } = session
    this.#isCleaned = true
    await this.#sessions.setUp(async () => {
      for (const text of cleaningTexts(baseline)) await this.#query(text)
    })
    const { facts } = await this.#ask(session)
    // `set` spells a search_path in its own way.
    session.baseline = new Baseline(readFacts(facts), baseline?.isOwn ?? false)
  }

  async #query<R>(text: string): Promise<R[]> {
    return (await this.#connection.executeQuery<R>(CompiledQuery.raw(text))).rows
  }
}
