#!/usr/bin/env node
import { main } from '../dist/cli/main.js'

for (const stream of [process.stdout, process.stderr]) {
  // `| head` has read enough and left; the exit code still says what was found.
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const { stdin, stdout, stderr } = process
const isTerminal = stdin.isTTY === true && stderr.isTTY === true

// Not `process.exit`: it would cut off what a pipe has not taken yet.
process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  color: stdout.isTTY === true && !process.env.NO_COLOR,
  terminal: isTerminal ? { input: stdin, output: stderr } : undefined,
  // A terminal without a size says 0.
  ...(stderr.isTTY && { errColumns: stderr.columns || 80 }),
  onInterrupt: (listener) => {
    process.once('SIGINT', listener)
    return () => process.off('SIGINT', listener)
  },
})
