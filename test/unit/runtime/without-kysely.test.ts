import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const RUNTIME = new URL('../../../src/runtime/', import.meta.url)
const FILES = readdirSync(RUNTIME, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => new URL(file, RUNTIME).href)

// As where no query builder is installed: Node does not find one.
const HOOKS = `
  export function resolve(specifier, context, next) {
    if (/^(kysely|knex)(\\/|$)/.test(specifier)) throw new Error(specifier + ' is not installed')
    return next(specifier, context)
  }
`

/** Prints how many of the modules are loaded, or fails with the first that is not. */
function load(modules: readonly string[]): string {
  const script = `
    import { register } from 'node:module'
    register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(HOOKS))})
    const loaded = await Promise.all(${JSON.stringify(modules)}.map((file) => import(file)))
    console.log(loaded.length)
  `
  return execFileSync(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim()
}

describe('src/runtime', () => {
  it('is loaded where neither kysely nor knex is installed', () => {
    expect(load(FILES)).to.equal(String(FILES.length))
  })

  it('is unlike the layer of Kysely, which asks for it', () => {
    const dialect = new URL('../../../src/kysely/tenant-dialect.ts', import.meta.url).href
    expect(() => load([dialect])).to.throw('kysely is not installed')
  })
})
