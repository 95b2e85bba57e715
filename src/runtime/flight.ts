import type { PgConnection } from './pg-client.ts'

/**
 * The messages of one statement, gathered into one buffer: one `write` costs the client a good part
 * less than the `writev` of six small ones, which a corked stream makes of them.
 */
export class Flight {
  /** Writes into the flight, and is the connection of pg otherwise. */
  readonly connection: PgConnection
  readonly #stream: PgConnection['stream']
  readonly #messages: Buffer[] = []

  constructor(connection: PgConnection) {
    const { stream } = connection
    this.#stream = stream
    const gathering = {
      writable: stream.writable,
      write: (message: Buffer) => this.#messages.push(message),
    }
    this.connection = Object.create(connection, { stream: { value: gathering } })
  }

  send(): void {
    // As pg does: a socket that is gone reports itself.
    if (this.#stream.writable !== false) this.#stream.write(Buffer.concat(this.#messages))
  }
}
