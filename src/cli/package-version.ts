import { readFileSync } from 'node:fs'

export function packageVersion(): string {
  // The same distance from `src/cli` and from `dist/cli`.
  const file = new URL('../../package.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
