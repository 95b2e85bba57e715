import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * For tests of `dist`. They do not build it: test files run side by side, and one would take it from
 * under the other.
 *
 * @throws when a source is newer
 */
export function assertBuilt(): void {
  const built = statSync(join(ROOT, 'dist/index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const source = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  const newest = Math.max(...source.map((file) => statSync(join(ROOT, 'src', file)).mtimeMs))
  if (newest > built) throw new Error('dist is missing or older than src: run `npm run build`')
}
