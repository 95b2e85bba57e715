import type { PgConnection } from './pg-client.ts'

const flights = new WeakMap<PgConnection, Flight>()

/** The flight of a connection: there is one statement at a time. */
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
    this.#stream = connection.stream
    this.connection = connection.stream.write
      ? this.#gathering(connection)
      : this.#passing(connection)
  }

  emptied(): this {
    this.#messages = []
    this.commits = false
    return this
  }

  send(): void {
    const messages = this.#messages
    // An idle client keeps none of them.
    this.#messages = []
    // As pg does: a socket that is gone reports itself.
    if (messages.length === 0 || this.#stream.writable === false) return
    this.#stream.write?.(messages.length === 1 ? (messages[0] as Buffer) : Buffer.concat(messages))
  }

  #gathering(connection: PgConnection): PgConnection {
    const stream = {
      // Whether the socket is, `send` asks, once for all of them.
      writable: true,
      write: (message: Buffer) => this.#messages.push(message),
    }
    return Object.create(connection, {
      stream: { value: stream },
      sync: { value: () => this.#sync(connection, this.connection) },
    })
  }

  /** For a connection without a socket, such as that of PGlite: its methods may have private members. */
  #passing(connection: PgConnection): PgConnection {
    const handler: ProxyHandler<PgConnection> = {
      get: (target, name) => {
        if (name === 'sync') return () => this.#sync(connection, connection)
        const member = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    }
    return new Proxy(connection, handler)
  }

  #sync({ sync }: PgConnection, connection: PgConnection): void {
    if (this.commits) {
      connection.parse({ text: 'commit' })
      connection.bind({ values: [] })
      connection.execute({})
    }
    sync.call(connection)
  }
}
