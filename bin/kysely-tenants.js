#!/usr/bin/env node
const { stdin, stdout, stderr } = process

for (const stream of [stdout, stderr]) {
  // `| head` closes the pipe early; the exit code still tells the result.
  stream.on('error', (error) => {
    if (error.code === 'EPIPE') return
    // A disk that is full, a terminal that is gone: the report is not complete.
    stderr.write(
      `✖ The output could not be written: ${error.message}\n  next Make room for it, then run the command again.\n`,
    )
    process.exit(2)
  })
}

// Not a static import: a failure to load it would end with 1, the exit code of findings.
const [{ main }, { renderError }] = await Promise.all([
  import('../dist/cli/main.js'),
  import('../dist/cli/render/error.js'),
]).catch((error) => {
  stderr.write(
    `✖ kysely-tenants cannot be loaded: ${error.message}\n  next Install it with what it needs, on Node ≥ 20.19: npm install kysely-tenants kysely pg\n`,
  )
  process.exit(2)
})

/** The width of a terminal, which may change and is 0 where it is not known. */
const widthOf = (stream) => (stream.isTTY ? stream.columns || 80 : undefined)

const isColorful = (stream) =>
  stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'

const isTerminal = stdin.isTTY === true && stderr.isTTY === true
const io = {
  cwd: process.cwd(),
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  color: isColorful(stdout),
  errColor: isColorful(stderr),
  // The syntax of the package `debug`.
  debug: /(^|[\s,])(\*|kysely-tenants)($|[\s,:])/.test(process.env.DEBUG ?? ''),
  terminal: isTerminal ? { input: stdin, output: stderr } : undefined,
  get columns() {
    return widthOf(stdout)
  },
  get errColumns() {
    return widthOf(stderr)
  },
  onInterrupt: (listener) => {
    process.once('SIGINT', listener)
    return () => process.off('SIGINT', listener)
  },
}

// Node would end with 1 here, too. The state is unknown, so the process ends.
process.on('uncaughtException', (error) => {
  stderr.write(renderError(error, io), () => process.exit(2))
})

// Not `process.exit`: it would drop output that a pipe has not taken yet.
process.exitCode = await main(process.argv.slice(2), io)
