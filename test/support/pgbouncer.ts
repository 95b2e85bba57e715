import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chownSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './free-port.ts'

export interface PgBouncer {
  /** The given URL, through the pooler. */
  readonly url: string
  /** Ends the pooler and removes its files. Safe to call twice. */
  stop(): Promise<void>
}

export interface PgBouncerOptions {
  readonly mode: 'session' | 'transaction'
  /** Connections to the server, for one login. */
  readonly poolSize: number
  /** From PgBouncer 1.21 on; see `knowsPreparedStatements`. @default that of the version */
  readonly maxPreparedStatements?: number
}

// PgBouncer refuses to run as root; every Unix has this user, which owns no file.
const NOBODY = 65534

/** The binary, such as that of Debian's package `pgbouncer`; undefined where there is none. */
export function pgbouncerBinary(): string | undefined {
  // Packages put it where only root's PATH leads.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, 'pgbouncer')).find(isExecutable)
}

export function pgbouncerVersion(binary: string): string {
  return spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? ''
}

/** From 1.21 on it carries named statements from one server connection to the next. */
export function knowsPreparedStatements(binary: string): boolean {
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(pgbouncerVersion(binary)) ?? []
  return Number(major) > 1 || Number(minor) >= 21
}

/** Puts a PgBouncer in front of the server of `target`, for the login of `target`. */
export async function startPgBouncer(
  binary: string,
  target: string,
  { mode, poolSize, maxPreparedStatements }: PgBouncerOptions,
): Promise<PgBouncer> {
  const asRoot = process.getuid?.() === 0
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-pgbouncer-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const { hostname, port: serverPort, username, password } = new URL(target)
    const port = await freePort()
    const users = join(folder, 'users.txt')
    const config = join(folder, 'pgbouncer.ini')
    writeFileSync(users, `"${username}" "${password}"\n`)
    writeFileSync(
      config,
      `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${poolSize}
${maxPreparedStatements === undefined ? '' : `max_prepared_statements = ${maxPreparedStatements}`}
`,
    )
    if (asRoot) for (const path of [folder, users, config]) chownSync(path, NOBODY, NOBODY)

    const pooler = spawn(binary, [config], {
      ...(asRoot ? { uid: NOBODY, gid: NOBODY } : {}),
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const exited = once(pooler, 'exit')
    // It leaves no socket file and no pid file, and the server sees its connections end.
    const abandon = () => {
      pooler.kill('SIGKILL')
      remove()
    }
    process.once('exit', abandon)
    await ready(pooler.stderr, exited)

    const url = new URL(target)
    url.host = `127.0.0.1:${port}`
    return {
      url: url.href,
      async stop() {
        process.off('exit', abandon)
        pooler.kill('SIGKILL')
        await exited
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function ready(stderr: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<void> {
  let said = ''
  const listening = new Promise<void>((resolve) => {
    stderr.on('data', (chunk) => {
      said += chunk
      if (said.includes('process up')) resolve()
    })
  })
  const ended = exited.then(() => {
    throw new Error(`PgBouncer did not start: ${said}`)
  })
  await Promise.race([listening, ended])
  // From here on an exit is the business of `stop`.
  ended.catch(() => undefined)
}
