import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { resetSocket } from '../support/reset-socket.ts'

/** Which of the open connections: a number in [0, 1). */
type Pick = number

export interface ChaosProxy {
  /** The given URL, through the proxy. */
  readonly url: string
  /** Ends a connection at both sides with a TCP reset. */
  reset(pick: Pick): void
  /** From now on swallows what either side of a connection sends, and leaves it open. */
  blackHole(pick: Pick): void
  stop(): Promise<void>
}

interface Link {
  readonly client: Socket
  readonly upstream: Socket
}

/** A TCP proxy in front of PostgreSQL that loses connections when it is told to. */
export async function startChaosProxy(target: string): Promise<ChaosProxy> {
  const { hostname, port } = new URL(target)
  const links = new Set<Link>()

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = dial({ host: hostname, port: Number(port), noDelay: true })
    const link = { client, upstream }
    links.add(link)
    relay(client, upstream)
    relay(upstream, client)
    client.once('close', () => links.delete(link))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = new URL(target)
  url.host = `127.0.0.1:${address.port}`
  const chosen = (pick: Pick): Link | undefined => [...links][Math.floor(pick * links.size)]
  return {
    url: url.href,
    reset(pick) {
      const link = chosen(pick)
      resetSocket(link?.client)
      resetSocket(link?.upstream)
    },
    blackHole(pick) {
      const link = chosen(pick)
      link?.client.unpipe().resume()
      link?.upstream.unpipe().resume()
    },
    async stop() {
      for (const { client, upstream } of links) {
        client.destroy()
        upstream.destroy()
      }
      server.close()
      await once(server, 'close')
    },
  }
}

function relay(from: Socket, to: Socket): void {
  from.pipe(to)
  from.on('close', () => to.destroy())
  from.on('error', () => to.destroy())
}
