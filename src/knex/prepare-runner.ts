import { errorMonitor } from 'node:events'
import type { KnexRunner, KnexStream, RunnerParameters } from './knex-shapes.ts'

/**
 * Runs `check` before the runner takes a connection. A stream that fails behind it ends: Knex leaves its
 * reader waiting, and keeps the connection where the handler of the stream throws.
 */
export function prepareRunner(runner: KnexRunner, check: () => Promise<void>): KnexRunner {
  const { ensureConnection, stream } = runner
  runner.ensureConnection = async (run, parameters) => {
    await check()
    const result = ensureConnection.call(runner, run, parameters)
    return parameters?.stream ? ended(runner, parameters, result) : result
  }
  runner.stream = (...parameters) => stream.apply(runner, parameters.map(endingOnThrow))
  return runner
}

async function ended(
  runner: KnexRunner,
  { stream }: RunnerParameters,
  result: Promise<unknown>,
): Promise<unknown> {
  let isTold = false
  stream?.once(errorMonitor, () => {
    isTold = true
  })
  try {
    return await result
  } catch (error) {
    // Without a connection Knex tells the stream itself.
    if (runner.connection !== undefined && !isTold) stream?.destroy(error)
    throw error
  }
}

/** `parameter` are the options or the handler. */
function endingOnThrow(parameter: unknown): unknown {
  if (typeof parameter !== 'function') return parameter
  return (stream: KnexStream): unknown => {
    try {
      return parameter(stream)
    } catch (error) {
      stream.destroy()
      throw error
    }
  }
}
