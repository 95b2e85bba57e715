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

/** A name, and since when the server has it, in ms. */
interface Named {
  readonly name: string
  readonly since: number
}

/**
 * The server settles the types of parameters when it prepares a statement. A column that gets another type
 * is no error of a named statement then, but its values are read as before: for so long at most, in ms.
 */
const MAX_AGE_MS = 30_000

/**
 * The named statements of one connection, the least recently used first. A name is a digest of the
 * text: where a pooler lets two clients meet on one server connection, the same name is the same
 * statement.
 */
export class PreparedStatements {
  readonly #max: number
  readonly #maxLength: number
  readonly #clock: () => number
  readonly #names = new Map<string, Named>()
  #length = 0
  #closes: string[] = []

  /** @param maxLength of all texts together: the server keeps about a hundred times as many bytes */
  constructor(
    max: number,
    maxLength: number = Number.POSITIVE_INFINITY,
    clock: () => number = () => performance.now(),
  ) {
    this.#max = max
    this.#maxLength = maxLength
    this.#clock = clock
  }

  use(text: string): PreparedStatement {
    const now = this.#clock()
    let known = this.#names.get(text)
    if (known && now - known.since > MAX_AGE_MS) {
      this.drop(text)
      known = undefined
    }
    if (known) this.#names.delete(text)
    else this.#makeRoom(text.length)
    const named = known ?? { name: nameOf(text), since: now }
    const { name } = named
    this.#names.set(text, named)
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
    const known = this.#names.get(text)
    if (!known) return
    this.#names.delete(text)
    this.#length -= text.length
    this.#closes.push(known.name)
  }

  /** Prepares everything anew. To close a name that the server does not have is no error. */
  forget(): void {
    for (const { name } of this.#names.values()) this.#closes.push(name)
    this.#names.clear()
    this.#length = 0
  }

  #closeLater(closes: readonly string[]): void {
    this.#closes.push(...closes)
  }

  #makeRoom(length: number): void {
    this.#length += length
    for (const oldest of this.#names.keys()) {
      if (this.#names.size < this.#max && this.#length <= this.#maxLength) return
      this.drop(oldest)
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
): 'by DDL' | 'by its age' | 'by others' | undefined {
  if (!isServerError(error)) return undefined
  if (isReused && isOfAnalysis(error)) return 'by DDL'
  if (isReused && isOfParameter(error)) return 'by its age'
  return LOST[`${error.code} ${error.routine}`]
}

/**
 * The types of the parameters were settled when the statement was prepared; over a column of another type
 * it may be no statement any more. Errors of the execution have no position in the text.
 */
function isOfAnalysis({ code, position }: ServerError): boolean {
  return code.startsWith('42') && position !== undefined
}

/** The server could not read a parameter as the type that it had when the statement was prepared. */
function isOfParameter({ where }: ServerError): boolean {
  return where !== undefined && PARAMETER.test(where)
}

// In every language: unnamed portal parameter $1 = '...'
const PARAMETER = /\$\d+(?: = '[\s\S]*)?$/

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
