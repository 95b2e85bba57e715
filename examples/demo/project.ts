import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { showCommand, showExit } from './narrator.ts'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const CONFIG = 'kysely-tenants.config.ts'

/** The folder of an application that has the package installed. */
export interface Project {
  /** Runs the installed command and insists on its exit code. */
  run(args: readonly string[], expectedExit: number): Promise<void>
  remove(): void
}

/** @param signal ends the command that runs */
export function createProject(databaseUrl: string, signal: AbortSignal): Project {
  const folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-demo-'))
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(PACKAGE, join(modules, 'kysely-tenants'), 'junction')
  symlinkSync(join(PACKAGE, 'node_modules/kysely'), join(modules, 'kysely'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  cpSync(fileURLToPath(new URL(CONFIG, import.meta.url)), join(folder, CONFIG))

  return {
    async run(args, expectedExit) {
      showCommand(`npx kysely-tenants ${args.join(' ')}`)
      const bin = join(modules, 'kysely-tenants/bin/kysely-tenants.js')
      const child = spawn(process.execPath, [bin, ...args], {
        cwd: folder,
        // Without the cache that the loader of the config would leave in the folder for temporary files.
        env: { ...process.env, DATABASE_URL: databaseUrl, JITI_FS_CACHE: 'false' },
        signal,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      const [code] = await once(child, 'exit')
      showExit(code)
      assert.equal(code, expectedExit, `kysely-tenants ${args.join(' ')}: unexpected exit code`)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
