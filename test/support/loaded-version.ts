import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The version of what `import 'kysely'` or `import 'pg'` gives in this process. */
export function loadedVersion(name: 'kysely' | 'pg'): string {
  const entry = fileURLToPath(import.meta.resolve(name))
  const [root] = /^.*\/node_modules\/[^/]+/.exec(entry) ?? [entry]
  return JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).version
}
