import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/kysely-tenants.js', import.meta.url))

// In the order of .mocharc.json.
const LOADERS = [
  import.meta.resolve('tsx'),
  new URL('./kysely-alias.js', import.meta.url).href,
  new URL('./bin-from-source.js', import.meta.url).href,
]

export interface CliProcess {
  /** Resolves when it is gone; `signal` says what ended it. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill(signal: NodeJS.Signals): void
  out(): string
  err(): string
}

/** The command as a process of its own, which a signal can reach. */
export function startCli(folder: string, ...argv: string[]): CliProcess {
  const flags = LOADERS.map((loader) => `--import=${loader}`)
  const child = spawn(process.execPath, [...flags, BIN, ...argv], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return {
    // Not `exit`: the pipes may have more to say.
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal })),
    kill: (signal) => {
      child.kill(signal)
    },
    out: () => out,
    err: () => err,
  }
}
