import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { assertBuilt } from './built.ts'

const BIN = fileURLToPath(new URL('../../bin/kysely-tenants.js', import.meta.url))

// So that it has the Kysely and the pg of this run.
const ALIASES = `--import=${new URL('./package-aliases.js', import.meta.url).href}`

export interface CliProcess {
  /** Sleeps until it is so; fails when the process ends before. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>
  /** Resolves when it is gone; `signal` says what ended it. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill(signal: NodeJS.Signals): void
  out(): string
  err(): string
}

/** The built command as a process of its own, which a signal can reach. */
export function startCli(
  { folder, env }: { folder: string; env?: NodeJS.ProcessEnv },
  ...argv: string[]
): CliProcess {
  assertBuilt()
  const child = spawn(process.execPath, [ALIASES, BIN, ...argv], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  // Not `exit`: the pipes may have more to say.
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  return {
    ended,
    async until(isSo) {
      let end: object | undefined
      ended.then((how) => {
        end = how
      })
      while (!(await isSo())) {
        if (end) throw new Error(`It ended: ${JSON.stringify(end)} ${out}${err}`)
        await sleep(10)
      }
    },
    kill: (signal) => {
      child.kill(signal)
    },
    out: () => out,
    err: () => err,
  }
}
