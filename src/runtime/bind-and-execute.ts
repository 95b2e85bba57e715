import type { PgConnection } from './pg-client.ts'

const BIND = 0x42
const EXECUTE = 0x45
const EMPTY_NAME_AND_NO_ROW_LIMIT = 5

/**
 * Bind and Execute of a prepared statement with text parameters, over the unnamed portal, in one
 * buffer: the prelude of every statement, so one write instead of two counts.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function bindAndExecute(statement: string, values: readonly string[]): Buffer {
  let parameters = 0
  for (const value of values) parameters += 4 + Buffer.byteLength(value)
  // Length, portal, statement, no formats, count, parameters, no result formats.
  const bindLength = 4 + 1 + (statement.length + 1) + 2 + 2 + parameters + 2
  const executeLength = 4 + EMPTY_NAME_AND_NO_ROW_LIMIT
  const buffer = Buffer.allocUnsafe(1 + bindLength + 1 + executeLength)

  let at = buffer.writeUInt8(BIND, 0)
  at = buffer.writeInt32BE(bindLength, at)
  at = buffer.writeUInt8(0, at)
  at += buffer.write(statement, at, 'latin1')
  at = buffer.writeUInt8(0, at)
  at = buffer.writeInt16BE(0, at)
  at = buffer.writeInt16BE(values.length, at)
  for (const value of values) {
    const length = buffer.write(value, at + 4)
    at = buffer.writeInt32BE(length, at) + length
  }
  at = buffer.writeInt16BE(0, at)

  at = buffer.writeUInt8(EXECUTE, at)
  at = buffer.writeInt32BE(executeLength, at)
  at = buffer.writeUInt8(0, at)
  buffer.writeInt32BE(0, at)
  return buffer
}

/** Runs a prepared statement; `message` is what `bindAndExecute` makes of it. */
export function sendPrepared(
  connection: PgConnection,
  statement: string,
  values: readonly string[],
  message?: Buffer,
): void {
  const { stream } = connection
  if (stream.write) {
    stream.write(message ?? bindAndExecute(statement, values))
  } else {
    connection.bind({ statement, values })
    connection.execute({})
  }
}
