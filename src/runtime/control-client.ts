interface Client {
  on?(event: 'error', listener: () => void): unknown
  query(text: string, values: readonly unknown[]): unknown
}

type ClientClass<C extends Client> = new (options: object) => C

const SIGNAL = /\bpg_(?:cancel|terminate)_backend\((\d+)\)/

const signalled = new Set<number>()

/**
 * The client over which Kysely cancels a statement. It notes whose backend is to be signalled: the
 * signal may arrive when the statement is over, and then it meets whatever runs there next.
 */
export function controlClientClass<C extends Client>(Client: ClientClass<C>): ClientClass<C> {
  return class ControlClient extends (Client as ClientClass<Client>) {
    constructor(options: object) {
      super(options)
      // Kysely listens to none: a control connection that is cut would end the process.
      this.on?.('error', () => undefined)
    }

    override query(text: string, values: readonly unknown[]): unknown {
      const pid = SIGNAL.exec(text)?.[1]
      if (pid !== undefined) noteCancelSignal(Number(pid))
      return super.query(text, values)
    }
  } as unknown as ClientClass<C> // Only `query` is another.
}

/** A signal to this backend is about to be sent. */
export function noteCancelSignal(pid: number): void {
  signalled.add(pid)
}

/**
 * Is a signal under way to this backend? Asked once, at the end of a lease: the client is then
 * never handed out again.
 */
export function consumeCancelSignal(pid: number | null | undefined): boolean {
  return typeof pid === 'number' && signalled.delete(pid)
}
