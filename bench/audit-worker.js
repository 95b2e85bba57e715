// JavaScript, because it measures the built package as its users start it: without a loader.
import pg from 'pg'

const { query } = pg.Client.prototype
let database = 0
pg.Client.prototype.query = async function (...args) {
  const start = performance.now()
  try {
    return await query.apply(this, args)
  } finally {
    database += performance.now() - start
  }
}

const { main } = await import('../dist/cli/main.js')
const code = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  out: () => undefined,
  err: (text) => process.stderr.write(text),
  color: false,
})
// In kilobytes, as the system counts it for this process.
const { maxRSS } = process.resourceUsage()
process.send({ code, database, memory: maxRSS * 1024 })
process.disconnect()
