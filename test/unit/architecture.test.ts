import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { type ImportKind, specifiersOf } from '../support/imports.ts'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))

// The layers, and the imports that each may have. A layer is a folder of `src`; `errors/command` is
// one of its own, so that no application loads the texts of the command. `type x` allows `import
// type` only, which is gone at run time.
const GROUND = ['sql', 'config', 'errors', 'util']

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  sql: ['type config'],
  util: [],
  errors: [],
  'errors/command': ['errors'],
  config: ['errors', 'sql', 'util', 'type pg'],
  runtime: [...GROUND, 'type pg'],
  'kysely-layer': [...GROUND, 'runtime', 'kysely'],
  knex: [...GROUND, 'runtime', 'knex'],
  catalog: [...GROUND, 'errors/command'],
  policy: [...GROUND, 'catalog'],
  wanted: [...GROUND, 'catalog', 'errors/command', 'policy'],
  'truth-table': [...GROUND, 'catalog', 'policy', 'wanted'],
  reach: [...GROUND, 'catalog', 'policy', 'truth-table', 'wanted'],
  checks: [...GROUND, 'catalog', 'policy', 'reach', 'truth-table', 'wanted'],
  comparison: [...GROUND, 'catalog', 'checks', 'policy', 'truth-table', 'wanted'],
  migration: [...GROUND, 'catalog', 'errors/command', 'policy', 'wanted'],
  init: [...GROUND, 'catalog', 'errors/command', 'policy', 'wanted'],
  audit: [
    ...GROUND,
    'catalog',
    'checks',
    'comparison',
    'errors/command',
    'policy',
    'reach',
    'truth-table',
    'wanted',
  ],
  cli: [
    ...GROUND,
    'audit',
    'catalog',
    'checks',
    'comparison',
    'errors/command',
    'init',
    'migration',
    'policy',
    'reach',
    'truth-table',
    'wanted',
    '@clack/prompts',
    'c12',
    'chalk',
    'commander',
    'diff',
    'fast-string-width',
    'jiti',
    'kysely',
    'kysely/migration',
    'pg',
    'type sarif',
  ],
  'index.ts': ['errors', 'kysely-layer', 'runtime', 'type config'],
}

describe('P10 an app never loads the CLI', () => {
  for (const file of sourceFiles()) {
    it(`${file} imports only what its layer may`, () => {
      const layer = layerOf(file)
      const allowed = ALLOWED[layer] ?? expect.fail(`${layer} is not in the map of layers`)
      const forbidden = importsOf(file).filter(
        ({ target, kind }) =>
          target !== layer &&
          !allowed.includes(target) &&
          !(kind === 'type' && allowed.includes(`type ${target}`)),
      )
      expect(forbidden).to.deep.equal([])
    })
  }

  it('finds every way to write an import', () => {
    const source = `
      import a from 'a'
      import type { B } from 'b'
      import {
        c,
      } from 'c'
      import 'd'
      export { e } from 'e'
      const f = await import('f')
      const text = \`select x from 'not an import'\``

    expect(specifiersOf(source)).to.deep.equal([
      { specifier: 'a', kind: 'value' },
      { specifier: 'b', kind: 'type' },
      { specifier: 'c', kind: 'value' },
      { specifier: 'd', kind: 'value' },
      { specifier: 'e', kind: 'value' },
      { specifier: 'f', kind: 'value' },
    ])
  })
})

describe('the files of src', () => {
  it('import each other in no circle', () => {
    const files = sourceFiles()
    expect(circles(new Map(files.map((file) => [file, filesImportedBy(file)])))).to.deep.equal([])
  })

  it('would be seen in a circle, of types too', () => {
    const imports = new Map([
      ['a.ts', ['b.ts', 'd.ts']],
      ['b.ts', ['c.ts']],
      ['c.ts', ['a.ts']],
      ['d.ts', []],
    ])
    expect(circles(imports)).to.deep.equal([['a.ts', 'b.ts', 'c.ts', 'a.ts']])
  })
})

describe('the tests', () => {
  const TEST = fileURLToPath(new URL('..', import.meta.url))
  const files = readdirSync(TEST, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  )

  it('keep their hooks inside a describe: outside, they would run for every test of every file', () => {
    const hooked = files.filter((file) =>
      /^(before|after)(Each)?\(/m.test(readFileSync(join(TEST, file), 'utf8')),
    )
    expect(hooked).to.deep.equal([])
    expect(files).to.include('unit/architecture.test.ts')
  })
})

function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
}

function filesImportedBy(file: string): string[] {
  return specifiersOf(readFileSync(join(SRC, file), 'utf8'))
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => join(dirname(file), specifier))
}

/** One path through each circle, from a file back to itself. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>()
  const found: string[][] = []
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file])
    if (path.includes(file) || done.has(file)) return
    for (const target of imports.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
  return found
}

function importsOf(file: string): { target: string; kind: ImportKind }[] {
  return specifiersOf(readFileSync(join(SRC, file), 'utf8'))
    .filter(({ specifier }) => !specifier.startsWith('node:'))
    .map(({ specifier, kind }) => ({
      target: specifier.startsWith('.')
        ? layerOf(relative(SRC, join(SRC, dirname(file), specifier)))
        : specifier,
      kind,
    }))
}

/** The folder `kysely` is a layer beside the package of that name, which it may import. */
function layerOf(file: string): string {
  if (file.startsWith('errors/command/')) return 'errors/command'
  const [layer = ''] = file.split('/')
  return layer === 'kysely' ? 'kysely-layer' : layer
}
