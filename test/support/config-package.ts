import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CONFIG = fileURLToPath(new URL('../../src/config/config.ts', import.meta.url))
const KYSELY = fileURLToPath(new URL('../../node_modules/kysely', import.meta.url))
const PG = fileURLToPath(new URL('../../node_modules/pg', import.meta.url))
const CTL = fileURLToPath(new URL('../../node_modules/kysely-ctl', import.meta.url))

/** Makes `folder` a project whose files can import what an application imports, without a build. */
export function installPackages(folder: string): void {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const own = join(folder, 'node_modules/kysely-tenants')
  mkdirSync(own, { recursive: true })
  symlinkSync(CONFIG, join(own, 'config.ts'))
  const manifest = { type: 'module', exports: { './config': './config.ts' } }
  writeFileSync(join(own, 'package.json'), JSON.stringify(manifest))
  for (const [name, path] of Object.entries({ kysely: KYSELY, pg: PG, 'kysely-ctl': CTL })) {
    symlinkSync(path, join(folder, 'node_modules', name))
  }
}
