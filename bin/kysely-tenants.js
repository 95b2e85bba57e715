#!/usr/bin/env node
import { main } from '../dist/cli/main.js'

for (const stream of [process.stdout, process.stderr]) {
  // `| head` has read enough and left; the exit code still says what was found.
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error
  })
}

// Not `process.exit`: it would cut off what a pipe has not taken yet.
process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  color: process.stdout.isTTY === true && !process.env.NO_COLOR,
  // A terminal without a size says 0.
  ...(process.stderr.isTTY && { errColumns: process.stderr.columns || 80 }),
  onInterrupt: (listener) => {
    process.once('SIGINT', listener)
    return () => process.off('SIGINT', listener)
  },
})
