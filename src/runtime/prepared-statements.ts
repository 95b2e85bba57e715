import { createHash } from 'node:crypto'
import type { PgConnection } from './pg-client.ts'
import { isServerError, type ServerError } from './server-error.ts'

/** The name of a statement, and the names that the server has to close before. */
export interface PreparedStatement {
  readonly name: string
  readonly closes: readonly string[]
  /** It was sent under this name before: a change of a table may have made another statement of it. */
  readonly isReused: boolean
  /** Nothing of it was sent: its names are still to be closed. */
  notSent(): void
  /** The server has not prepared it, and a pooler may take it for prepared. */
  notPrepared(): void
}

/**
 * The named statements of one connection, the least recently used first. A name is a digest of the
 * text: where a pooler lets two clients meet on one server connection, the same name is the same
 * statement.
 */
export class PreparedStatements {
  readonly #max: number
  readonly #names = new Map<string, string>()
  #closes: string[] = []

  constructor(max: number) {
    this.#max = max
  }

  use(text: string): PreparedStatement {
    const known = this.#names.get(text)
    const name = known ?? nameOf(text)
    this.#names.delete(text)
    if (this.#names.size >= this.#max) this.#closeOldest()
    this.#names.set(text, name)
    const closes = this.#closes
    this.#closes = []
    return {
      name,
      closes,
      isReused: known !== undefined,
      notSent: () => this.#closeLater(closes),
      notPrepared: () => this.#closeLater([name]),
    }
  }

  /** Prepares one text anew. */
  drop(text: string): void {
    const name = this.#names.get(text)
    if (name === undefined || !this.#names.delete(text)) return
    this.#closes.push(name)
  }

  /** Prepares everything anew. To close a name that the server does not have is no error. */
  forget(): void {
    this.#closes.push(...this.#names.values())
    this.#names.clear()
  }

  #closeLater(closes: readonly string[]): void {
    this.#closes.push(...closes)
  }

  #closeOldest(): void {
    for (const [text, name] of this.#names) {
      this.#names.delete(text)
      this.#closes.push(name)
      return
    }
  }
}

// 0A000: the columns of a statement have changed since it was planned. 26000, 42P05: another server
// connection answers than the one that prepared it, or something beside us has deallocated it.
const LOST: Readonly<Record<string, 'by DDL' | 'by others'>> = {
  '0A000 RevalidateCachedQuery': 'by DDL',
  '26000 FetchPreparedStatement': 'by others',
  '42P05 StorePreparedStatement': 'by others',
}

/** Why a named statement failed, if it did because the server does not have it as it was prepared. */
export function lostStatement(
  error: unknown,
  isReused: boolean,
): 'by DDL' | 'by others' | undefined {
  if (!isServerError(error)) return undefined
  if (isReused && isOfAnalysis(error)) return 'by DDL'
  return LOST[`${error.code} ${error.routine}`]
}

/**
 * The types of the parameters were settled when the statement was prepared; over a column of another type
 * it may be no statement any more. Errors of the execution have no position in the text.
 */
function isOfAnalysis({ code, position }: ServerError): boolean {
  return code.startsWith('42') && position !== undefined
}

/**
 * After an error: the server may have skipped the Parse of the statement, or refused it.
 *
 * @param wasSkipped the server failed in the prelude
 */
export function notePrepared(
  connection: PgConnection | undefined,
  prepared: PreparedStatement | undefined,
  wasSkipped: boolean,
): void {
  if (!connection || !prepared) return
  if (wasSkipped) delete connection.submittedNamedStatements?.[prepared.name]
  if (!connection.parsedStatements?.[prepared.name]) prepared.notPrepared()
}

/** On the server and in pg's own books. https://www.postgresql.org/docs/current/protocol-flow.html */
export function closeStatement(connection: PgConnection, name: string): void {
  delete connection.parsedStatements?.[name]
  delete connection.submittedNamedStatements?.[name]
  connection.close({ type: 'S', name })
}

function nameOf(text: string): string {
  return `kt_${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`
}
