import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Loads files of `src` where some packages are not installed: Node does not find them.
 *
 * @param files relative to `src`
 * @returns how many were loaded
 * @throws with the message `<package> is not installed`
 */
export function loadWithout(packages: readonly string[], files: readonly string[]): number {
  const hooks = `
    export function resolve(specifier, context, next) {
      if (/^(${packages.join('|')})(\\/|$)/.test(specifier)) {
        throw new Error(specifier + ' is not installed')
      }
      return next(specifier, context)
    }
  `
  const urls = files.map((file) => new URL(`../../src/${file}`, import.meta.url).href)
  const script = `
    import { register } from 'node:module'
    register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(hooks))})
    const loaded = await Promise.all(${JSON.stringify(urls)}.map((file) => import(file)))
    console.log(loaded.length)
  `
  const output = execFileSync(
    process.execPath,
    ['--import=tsx', '--input-type=module', '--eval', script],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)), encoding: 'utf8', stdio: 'pipe' },
  )
  return Number(output)
}
