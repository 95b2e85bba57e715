/**
 * Writes `dist/commonjs`, a package of CommonJS: the entries, which require the ES modules, and a copy of
 * their declarations. Kysely 0.28 has one set of declarations for each kind of module, and TypeScript takes
 * the set of the file that imports it: a program of CommonJS and declarations of ES modules would mean two
 * different classes.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const COMMONJS = join(DIST, 'commonjs')
const ENTRIES = ['index', 'config/config', 'audit/audit', 'knex/index']

/** The relative paths in `from '…'` and `import('…')`. */
const IMPORTS = /(?:from|import\()\s*'(\.{1,2}\/[^']+)\.(?:js|ts)'/g

/** Adds a declaration and all that it imports. */
function collect(file: string, files: Set<string>): Set<string> {
  if (files.has(file)) return files
  files.add(file)
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(IMPORTS)) {
    collect(resolve(dirname(file), `${path}.d.ts`), files)
  }
  return files
}

const files = new Set<string>()
for (const entry of ENTRIES) collect(join(DIST, `${entry}.d.ts`), files)
for (const file of files) {
  const copy = join(COMMONJS, relative(DIST, file))
  mkdirSync(dirname(copy), { recursive: true })
  copyFileSync(file, copy)
}
for (const entry of ENTRIES) {
  const path = relative(dirname(join(COMMONJS, entry)), join(DIST, entry)).replaceAll('\\', '/')
  writeFileSync(join(COMMONJS, `${entry}.js`), `module.exports = require('${path}.js')\n`)
}
writeFileSync(join(COMMONJS, 'package.json'), '{ "type": "commonjs" }\n')
