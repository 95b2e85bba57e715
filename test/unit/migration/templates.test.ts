import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

const TEMPLATES = new URL('../../../migrations-templates/', import.meta.url)

// A reviewer of a migration reads both as they are, so neither is made from the other.
describe('the templates of migrations', () => {
  const pairs = readdirSync(TEMPLATES)
    .filter((file) => file.endsWith('.ts'))
    .map((typed) => [typed, typed.replace('.ts', typed.startsWith('knex') ? '.cjs' : '.js')])

  for (const [typed = '', untyped = ''] of pairs) {
    it(`${untyped} does what ${typed} does`, () => {
      expect(statements(untyped)).to.deep.equal(statements(typed))
      expect(statements(typed).length).to.be.greaterThan(5)
    })
  }

  it('are two for each format that has types', () => {
    expect(pairs).to.have.length(4)
  })
})

/** Without types, imports, JSDoc and the way to export. */
function statements(file: string): string[] {
  return readFileSync(new URL(file, TEMPLATES), 'utf8')
    .replaceAll('--format knex-ts', '--format knex')
    .replaceAll(/\/\*\*.*?\*\/\n/gs, '')
    .replaceAll(/^import .*\n/gm, '')
    .replaceAll(/: (Kysely<unknown>|Knex|Promise<void>)/g, '')
    .replaceAll(/^exports\.(up|down) = /gm, 'export ')
    .replaceAll(/^exports\.config = /gm, 'export const config = ')
    .split('\n')
    .filter((line) => line.trim() !== '')
}
