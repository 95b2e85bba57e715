import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The version that `import 'kysely'` gives in this process. */
export function kyselyVersion(): string {
  const entry = fileURLToPath(import.meta.resolve('kysely'))
  const root = entry.slice(0, entry.indexOf('/dist/'))
  return JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).version
}
