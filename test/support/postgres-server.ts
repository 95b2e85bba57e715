import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

export interface PostgresServer {
  /** Of a superuser. */
  readonly url: string
  /** Ends the server and removes its data. Safe to call twice. */
  stop(): Promise<void>
}

// PostgreSQL refuses to run as root; every Unix has this user, which owns no file.
const NOBODY = 65534

export const asRoot = process.getuid?.() === 0

/** Whom programs of PostgreSQL run as. */
export const IDENTITY = asRoot ? { uid: NOBODY, gid: NOBODY } : {}

/** Gives a folder and all that is in it to the user that the server runs as. */
export function giveToServer(folder: string): void {
  if (!asRoot) return
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const path of [folder, ...inside.map((name) => join(folder, name))]) {
    chownSync(path, NOBODY, NOBODY)
  }
}

export interface ServerFolders {
  /** Where the cluster belongs. Not there yet. */
  readonly data: string
  /** For programs that have to be copied. */
  readonly programs: string
}

/**
 * Starts a throw-away PostgreSQL in folders of its own.
 *
 * @param prepare puts a cluster into `data`; returns where the binaries are
 */
export async function startPostgresServer(
  prepare: (folders: ServerFolders) => Promise<string>,
): Promise<PostgresServer> {
  const programs = makeFolder(tmpdir())
  // Where programs may not be allowed to run.
  const home = isRoomInMemory() ? makeFolder(IN_MEMORY) : programs
  const folders = [programs, home]
  const data = join(home, 'data')
  try {
    const bin = await prepare({ data, programs })
    return await serve({ bin, data, folders })
  } catch (error) {
    remove(folders)
    throw error
  }
}

function makeFolder(root: string): string {
  const folder = mkdtempSync(join(root, 'kysely-tenants-postgres-'))
  giveToServer(folder)
  return folder
}

const IN_MEMORY = '/dev/shm'
const ENOUGH_BYTES = 4 * 1024 ** 3

/**
 * A database of a test lives for a second, in memory where there is enough of it. TMPDIR, when set,
 * is respected.
 */
function isRoomInMemory(): boolean {
  if (process.env.TMPDIR) return false
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    return bavail * bsize >= ENOUGH_BYTES
  } catch {
    return false
  }
}

async function serve({
  bin,
  data,
  folders,
}: {
  bin: string
  data: string
  folders: readonly string[]
}): Promise<PostgresServer> {
  const port = await freePort()
  const flags = [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    '',
    '-h',
    '127.0.0.1',
    // This data is never needed again: durability would only cost time.
    '-c',
    'fsync=off',
    '-c',
    'full_page_writes=off',
    '-c',
    'synchronous_commit=off',
    '-c',
    'max_connections=600',
    '-c',
    'max_prepared_transactions=5',
    // That it is ready and why it ended; what a statement did wrong is told to who sent it.
    '-c',
    'log_min_messages=log',
    '-c',
    'log_checkpoints=off',
  ]
  const server = spawn(join(bin, 'postgres'), flags, {
    ...IDENTITY,
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(server, 'exit')
  // If this process is told to go, the server goes first: no process and no data stay behind.
  const abandon = () => {
    server.kill('SIGQUIT')
    remove(folders)
  }
  process.once('exit', abandon)
  // Without a listener for this signal, Node ends without an `exit`.
  const terminate = () => {
    if (process.listenerCount('SIGTERM') === 0) process.exit(143)
  }
  process.once('SIGTERM', terminate)
  await ready(server.stderr, exited)

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      process.off('exit', abandon)
      process.off('SIGTERM', terminate)
      server.kill('SIGINT')
      await exited
      remove(folders)
    },
  }
}

function remove(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

async function ready(stderr: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<void> {
  let said = ''
  const accepting = new Promise<void>((resolve) => {
    const listen = (chunk: Buffer) => {
      said += chunk
      if (!/ready to accept (read-only )?connections/.test(said)) return
      stderr.off('data', listen).resume()
      resolve()
    }
    stderr.on('data', listen)
  })
  const ended = exited.then(() => {
    throw new Error(`PostgreSQL did not start: ${said}`)
  })
  await Promise.race([accepting, ended])
  // From here on an exit is the business of `stop`.
  ended.catch(() => undefined)
}
