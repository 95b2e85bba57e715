import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/kysely-tenants.js', import.meta.url))

const FROM_SOURCE = `--import=${new URL('./bin-from-source.js', import.meta.url).href}`

// With the loaders of this process, which the other working directory would not find.
function nodeFlags(): string[] {
  const loaders = process.execArgv.flatMap((flag) => /^--import=(.+)$/.exec(flag)?.[1] ?? [])
  const urls = loaders.map((loader) =>
    loader.startsWith('.') ? pathToFileURL(loader).href : import.meta.resolve(loader),
  )
  return [...urls.map((url) => `--import=${url}`), FROM_SOURCE]
}

export interface CliProcess {
  /** Sleeps until it is so; fails when the process ends before. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>
  /** Resolves when it is gone; `signal` says what ended it. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill(signal: NodeJS.Signals): void
  out(): string
  err(): string
}

/** The command as a process of its own, which a signal can reach. */
export function startCli(
  { folder, env }: { folder: string; env?: NodeJS.ProcessEnv },
  ...argv: string[]
): CliProcess {
  const child = spawn(process.execPath, [...nodeFlags(), BIN, ...argv], {
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
