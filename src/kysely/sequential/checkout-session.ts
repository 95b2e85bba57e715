import { CompiledQuery, type DatabaseConnection } from 'kysely'
import { sessionNotCleaned } from '../../errors/connection.ts'
import { publishResidue } from '../../runtime/channels.ts'
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
import { SessionChanges } from '../../runtime/residue/session-changes.ts'
import { effectOf } from '../../runtime/residue/text-effects.ts'
import type { Scope } from '../../runtime/scope.ts'
import { firstKeyword } from '../../runtime/statement-text.ts'
import { assignment } from './assignment.ts'
import { cleaning } from './cleaning.ts'
import type { Sessions } from './sessions.ts'

interface Answer extends SessionAnswer {
  readonly found: string | null
  readonly pid: number
}

const PID = 'pg_catalog.pg_backend_pid() as pid'

/**
 * The session of a checkout: whether it has been found clean, and what is to be taken off it at the end.
 * The questions ride in the statement that sets the tenant, and what they find is taken away before the
 * statement of the user is sent.
 */
export class CheckoutSession {
  readonly #connection: DatabaseConnection
  readonly #sessions: Sessions
  // The session that was found clean.
  #session: KnownSession | undefined
  #pid: number | undefined
  #isCleaned = false
  // A `rollback to` may bring back what was cleaned behind it.
  #hasSavepoint = false
  readonly #changes = new SessionChanges()
  hadForeignTenant = false

  constructor(connection: DatabaseConnection, sessions: Sessions) {
    this.#connection = connection
    this.#sessions = sessions
  }

  /** After a statement that has succeeded. */
  note(text: string): void {
    const effect = effectOf(text, firstKeyword(text))
    if (effect) this.#changes.note(effect)
  }

  /** Takes the residue of statements, and a tenant that another user of the dialect has left. */
  async cleanUp(settings: readonly string[]): Promise<void> {
    const { needsCleanUp, isLasting, commands } = this.#changes
    const isDue = !this.#sessions.lookAfterThemselves && (needsCleanUp || isLasting)
    if (!isDue && !this.hadForeignTenant) return
    const { baseline } = this.#session ?? this.#sessions.expected ?? {}
    for (const step of cleaning(baseline, settings, commands)) {
      await this.#connection.executeQuery(step)
    }
  }

  /**
   * Gives a transaction its tenant.
   *
   * @returns the tenant that was there before
   */
  async bind(scope: Scope, setting: string): Promise<string | null> {
    const set = assignment(scope, setting, this.#columns())
    const [row] = (await this.#connection.executeQuery<Answer>(set)).rows
    const residue = await this.#check(row as Answer)
    if (residue.length > 0) publishResidue(scope, 'sequential', residue)
    return row?.found ?? null
  }

  #columns(): string {
    return this.#session ? PID : `${PID}, ${questions(this.#sessions.expected)}`
  }

  /** @returns what was found and taken away */
  async #check(answer: Answer): Promise<string[]> {
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
    try {
      await this.#sessions.cleanUp(async () => {
        for (const text of cleaningTexts(baseline)) await this.#query(text)
      })
    } catch (error) {
      throw sessionNotCleaned(error)
    }
    const { facts } = await this.#ask(session)
    // `set` spells a search_path in its own way.
    session.baseline = new Baseline(readFacts(facts), baseline?.isOwn ?? false)
  }

  async #query<R>(text: string): Promise<R[]> {
    return (await this.#connection.executeQuery<R>(CompiledQuery.raw(text))).rows
  }
}
