/** `F`: from the frontend (the client), `B`: from the backend, as in PostgreSQL's manual. */
export type Direction = 'F' | 'B'

/** One message of the protocol. */
export interface Frame {
  /** The type byte; empty for what a client says before it has logged in. */
  readonly type: string
  readonly bytes: Buffer
}

const LENGTH = 4

/**
 * Cuts the stream of one direction into messages; a chunk may end in the middle of one. Without TLS.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function frameCutter(direction: Direction): (chunk: Buffer) => Frame[] {
  let rest: Buffer = Buffer.alloc(0)
  // The first message of a client has no type byte.
  let header = direction === 'F' ? 0 : 1

  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const frames: Frame[] = []
    while (rest.length >= header + LENGTH) {
      const end = header + rest.readInt32BE(header)
      if (rest.length < end) break
      frames.push({ type: rest.toString('latin1', 0, header), bytes: rest.subarray(0, end) })
      rest = rest.subarray(end)
      header = 1
    }
    return frames
  }
}

/** The process id that a BackendKeyData message tells. */
export function backendPid({ bytes }: Frame): number {
  return bytes.readInt32BE(1 + LENGTH)
}
