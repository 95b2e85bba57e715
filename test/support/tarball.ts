import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { assertBuilt } from './built.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

const run = promisify(execFile)

interface Tarball {
  readonly tarball: string
  /** The paths in it. */
  readonly files: string[]
  remove(): void
}

/** Packs the build. */
export async function packTarball(): Promise<Tarball> {
  assertBuilt()
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-pack-'))
  const options = { cwd: REPOSITORY }
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], options)
  const [name] = readdirSync(folder)
  if (name === undefined) throw new Error('npm pack wrote nothing')
  const tarball = join(folder, name)
  const { stdout } = await run('tar', ['-tzf', tarball])
  return {
    tarball,
    files: stdout
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, '')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Installs the tarball beside its peers in a folder of its own, which the caller removes. */
export async function installTarball(
  tarball: string,
  packages: readonly string[] = ['kysely', 'knex', 'pg', '@types/pg', '@types/node'],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-tarball-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
  const beside = packages.map(installedHere)
  const args = ['install', '--no-audit', '--no-fund', tarball, ...beside]
  await run('npm', args, { cwd: folder })
  return folder
}

/** `pg@8.23.1`: the version this repository is tested with. */
function installedHere(name: string): string {
  const manifest = join(REPOSITORY, 'node_modules', name, 'package.json')
  return `${name}@${JSON.parse(readFileSync(manifest, 'utf8')).version}`
}
