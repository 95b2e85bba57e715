import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { backendPid, type Direction, type Frame, frameCutter } from './protocol-frames.ts'
import { resetSocket } from './reset-socket.ts'

/**
 * The fate of the message that a rule takes.
 * - `rst`, `fin`: it is lost, and both sockets are reset, or closed in order
 * - `half`: half of it arrives, then both sockets are reset
 * - `drop`: it alone is lost
 * - `blackhole`, `blackholeBack`: it and all that follows is lost, in both directions or from the
 *   server, without a word to either side: a half-open connection
 * - `hold`: its direction stops until `release()`
 * - `bytes`: each byte travels on its own
 * - a function: something else arrives
 */
export type Action =
  | ('rst' | 'fin' | 'half' | 'drop' | 'blackhole' | 'blackholeBack' | 'hold' | 'bytes')
  | ((bytes: Buffer) => Buffer)

export interface Rule {
  readonly dir: Direction
  /** One or more type bytes; without it, the messages that carry text. */
  readonly type?: string
  /** Over the text of the message. */
  readonly match?: RegExp
  /** Which of the messages that fit; the first by default. */
  readonly nth?: number
  /** `false`: that one and all after it. */
  readonly once?: boolean
  /** `after`: the message arrives, the other side has a turn of the event loop, then the action. */
  readonly when?: 'before' | 'after'
  readonly action: Action
}

export interface ArmedRule {
  /** Resolves when the action begins, with the connection it befalls. */
  readonly fired: Promise<Wire>
  /** Ends a `hold`. */
  release(): void
}

/** One connection through the proxy. */
export interface Wire {
  /** Of the backend, once it has said so. */
  readonly pid: number | undefined
  /** Resets both sockets. */
  cut(): void
  /** Resets the socket of the client; what it has sent is still on its way. */
  cutClient(): void
}

export interface FaultProxy {
  /** The given URL, through the proxy. */
  readonly url: string
  readonly wires: readonly Wire[]
  /** How often a server was ready for the next statement: the round trips so far. */
  readonly readies: number
  on(rule: Rule): ArmedRule
  /** Resets what is open. */
  stop(): Promise<void>
}

// Query, Parse, Bind; CommandComplete, ErrorResponse.
const TEXTUAL = { F: 'QPB', B: 'CE' }

/**
 * A TCP proxy in front of PostgreSQL that knows its messages: faults befall a message, never a moment,
 * so that a test does the same thing every time.
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target)
  const rules: ReturnType<typeof armRule>[] = []
  const wires: Connection[] = []
  let readies = 0

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const options = { host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true }
    const wire = connection(client, dial(options))
    wires.push(wire)
    const ruleFor = (dir: Direction) => (frame: Frame) => {
      if (dir === 'B' && frame.type === 'K') wire.pid = backendPid(frame)
      if (dir === 'B' && frame.type === 'Z') readies++
      return rules.find((rule) => rule.takes(dir, frame))
    }
    relay(wire, 'F', ruleFor('F'))
    relay(wire, 'B', ruleFor('B'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = new URL(target)
  url.host = `127.0.0.1:${address.port}`
  return {
    url: url.href,
    wires,
    get readies() {
      return readies
    },
    on(rule) {
      const armed = armRule(rule)
      rules.push(armed)
      return armed
    },
    async stop() {
      for (const wire of wires) wire.cut()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Connection extends Wire {
  pid: number | undefined
  readonly sockets: Readonly<Record<Direction, Socket>>
  /** The directions in which no message arrives any more. */
  readonly silent: Set<Direction>
}

function connection(client: Socket, upstream: Socket): Connection {
  for (const socket of [client, upstream]) socket.on('error', () => undefined)
  return {
    pid: undefined,
    sockets: { F: client, B: upstream },
    silent: new Set(),
    cut() {
      resetSocket(client)
      resetSocket(upstream)
    },
    cutClient() {
      resetSocket(client)
    },
  }
}

function armRule(rule: Rule) {
  const { dir, type = TEXTUAL[rule.dir], match, nth = 1, once: onlyOnce = true } = rule
  let fits = 0
  let fire: (wire: Wire) => void = () => undefined
  let release: () => void = () => undefined
  const fired = new Promise<Wire>((resolve) => {
    fire = resolve
  })
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  return {
    rule,
    fired,
    released,
    fire: (wire: Wire) => fire(wire),
    release: () => release(),
    takes(direction: Direction, frame: Frame): boolean {
      if (direction !== dir || frame.type === '' || !type.includes(frame.type)) return false
      if (match && !match.test(frame.bytes.toString('latin1'))) return false
      return ++fits === nth || (!onlyOnce && fits > nth)
    },
  }
}

type Armed = ReturnType<typeof armRule>

/** Hands on what comes from one side, message by message and in order, as the rules have it. */
function relay(wire: Connection, dir: Direction, ruleOf: (frame: Frame) => Armed | undefined) {
  const from = wire.sockets[dir]
  const to = wire.sockets[dir === 'F' ? 'B' : 'F']
  const cut = frameCutter(dir)
  let queue = Promise.resolve()
  const inTurn = (step: () => unknown) => {
    queue = queue.then(async () => {
      if (!wire.silent.has(dir)) await step()
    })
  }
  from.on('data', (chunk) => {
    for (const frame of cut(chunk)) {
      inTurn(() => {
        const armed = ruleOf(frame)
        return armed ? befall(wire, to, frame, armed) : to.write(frame.bytes)
      })
    }
  })
  from.on('end', () => inTurn(() => to.end()))
  from.on('close', () => inTurn(() => to.destroy()))
}

async function befall(wire: Connection, to: Socket, frame: Frame, armed: Armed): Promise<void> {
  const { when = 'before' } = armed.rule
  if (when === 'after') {
    to.write(frame.bytes)
    await turn()
  }
  armed.fire(wire)
  const arrives = await act(wire, to, frame.bytes, armed)
  if (arrives && when === 'before') to.write(arrives)
}

/** Does what befalls the connection; returns what arrives of the message. */
async function act(wire: Connection, to: Socket, bytes: Buffer, armed: Armed) {
  const { action } = armed.rule
  if (typeof action === 'function') return action(bytes)
  switch (action) {
    case 'rst':
      wire.cut()
      return undefined
    case 'fin':
      for (const socket of Object.values(wire.sockets)) socket.end()
      return undefined
    case 'half':
      to.write(bytes.subarray(0, Math.ceil(bytes.length / 2)))
      await turn()
      wire.cut()
      return undefined
    case 'drop':
      return undefined
    case 'blackhole':
      wire.silent.add('F').add('B')
      return undefined
    case 'blackholeBack':
      wire.silent.add('B')
      return undefined
    case 'hold':
      await armed.released
      return bytes
    case 'bytes':
      for (const byte of bytes) {
        to.write(Buffer.of(byte))
        await turn()
      }
      return undefined
    default:
      throw new Error(`unknown action ${action satisfies never}`)
  }
}
