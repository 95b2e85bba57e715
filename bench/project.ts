import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))

export interface Project {
  /** Runs the built command in a process of its own. Throws unless it exits 0. */
  run(...argv: string[]): Promise<void>
  /** Names of the migrations, in order. */
  migrations(): string[]
}

/** Runs `body` in a folder that has the config and can import Kysely, removed afterwards. */
export async function withProject(
  config: object,
  body: (project: Project) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-bench-'))
  const migrations = join(folder, 'migrations')
  try {
    mkdirSync(migrations)
    symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'kysely-tenants.config.json'), JSON.stringify(config))
    await body({
      run: (...argv) => run(folder, argv),
      migrations: () =>
        readdirSync(migrations)
          .toSorted()
          .map((file) => file.replace('.ts', '')),
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function run(folder: string, argv: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'bin/kysely-tenants.js'), ...argv], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  // 1 is work to do, which `status` says.
  if (code !== 0 && code !== 1)
    throw new Error(`kysely-tenants ${argv.join(' ')} ended with ${code}: ${said}`)
}
