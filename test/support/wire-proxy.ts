import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'

/** The traffic on the wire since the last `take`: one entry for each change of direction. */
export interface Traffic {
  /** Bursts from the client: how often it began to talk after it had listened. */
  readonly client: number
  /** Bursts from the server. */
  readonly server: number
}

export interface WireProxy {
  /** The given URL, through the proxy. */
  readonly url: string
  take(): Traffic
  stop(): Promise<void>
}

/**
 * A TCP proxy in front of PostgreSQL that counts round trips: what is sent before an answer comes is
 * one burst, however many packets it takes.
 *
 * @param delayMs added to each direction's packets, to simulate a network
 */
export async function startWireProxy(target: string, delayMs = 0): Promise<WireProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let bursts = { client: 0, server: 0 }

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = dial({ host: hostname, port: Number(port), noDelay: true })
    let talking: keyof Traffic | undefined
    const relay = (from: Socket, to: Socket, side: keyof Traffic) => {
      sockets.add(from)
      from.on('data', (chunk) => {
        if (talking !== side) bursts[side]++
        talking = side
        if (delayMs === 0) to.write(chunk)
        else setTimeout(() => to.write(chunk), delayMs)
      })
      from.on('close', () => to.destroy())
      from.on('error', () => to.destroy())
    }
    relay(client, upstream, 'client')
    relay(upstream, client, 'server')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = new URL(target)
  url.host = `127.0.0.1:${address.port}`
  return {
    url: url.href,
    take() {
      const taken = bursts
      bursts = { client: 0, server: 0 }
      return taken
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
