import type { PgConnection } from './pg-client.ts'

const flights = new WeakMap<PgConnection, Flight>()

/** The flight of a connection, empty: there is one statement at a time. */
export function takeFlight(connection: PgConnection): Flight {
  let flight = flights.get(connection)
  if (!flight) {
    flight = new Flight(connection)
    flights.set(connection, flight)
  }
  return flight.emptied()
}

/**
 * The messages of one statement, gathered into one buffer: one `write` costs the client a good part
 * less than the `writev` of six small ones, which a corked stream makes of them.
 */
export class Flight {
  /** Writes into the flight, and is the connection of pg otherwise. */
  readonly connection: PgConnection
  /** `commit` goes in front of the Sync. */
  commits = false
  readonly #stream: PgConnection['stream']
  #messages: Buffer[] = []

  constructor(connection: PgConnection) {
    const { stream } = connection
    this.#stream = stream
    const gathering = {
      // Whether the socket is, `send` asks, once for all of them.
      writable: true,
      write: (message: Buffer) => this.#messages.push(message),
    }
    this.connection = Object.create(connection, {
      stream: { value: gathering },
      sync: { value: () => this.#sync(connection) },
    })
  }

  emptied(): this {
    this.#messages = []
    this.commits = false
    return this
  }

  send(): void {
    // As pg does: a socket that is gone reports itself.
    if (this.#stream.writable !== false) this.#stream.write(Buffer.concat(this.#messages))
  }

  #sync({ sync }: PgConnection): void {
    if (this.commits) {
      this.connection.parse({ text: 'commit' })
      this.connection.bind({ values: [] })
      this.connection.execute({})
    }
    sync.call(this.connection)
  }
}
