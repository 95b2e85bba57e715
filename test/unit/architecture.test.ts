import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))

// Who may import what: section 6 of the design. A layer is a folder of `src`, or a file at its top;
// `errors/command` is one of its own, so that no application loads the texts of the command.
// `type x` allows `import type` only, which leaves nothing at run time.
const FACTS = [
  ...[
    'bookkeeping.ts',
    'errors',
    'grouped.ts',
    'level.ts',
    'literal.ts',
    'migration-format.ts',
    'migration-part.ts',
  ],
  ...['setting.ts', 'table-name.ts'],
]

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'bookkeeping.ts': ['type table-name.ts'],
  errors: [],
  'errors/command': ['errors'],
  'grouped.ts': [],
  'setting.ts': [],
  'level.ts': [],
  'literal.ts': [],
  'migration-format.ts': [],
  'migration-part.ts': [],
  'table-name.ts': [],
  'nearest.ts': [],
  'config.ts': [
    ...['type level.ts', 'type migration-format.ts', 'type migration-part.ts'],
    ...['type setting.ts', 'type table-name.ts'],
    'type pg',
  ],
  'config-reader.ts': [],
  'parse-config.ts': [...FACTS, 'config-reader.ts', 'type config.ts', 'type pg'],
  'column-users.ts': ['policy', 'type catalog'],
  'family.ts': ['grouped.ts', 'policy', 'type catalog', 'type table-name.ts'],
  wanted: [
    'column-users.ts',
    'errors/command',
    'family.ts',
    'policy',
    'type catalog',
    'type config.ts',
    ...FACTS,
  ],
  runtime: [...FACTS, 'kysely', 'type pg'],
  knex: [...FACTS, 'runtime', 'knex'],
  policy: FACTS,
  catalog: ['errors/command', ...FACTS],
  drift: ['catalog', 'policy', ...FACTS],
  checks: ['catalog', 'drift', 'policy', 'type wanted', ...FACTS],
  comparison: ['catalog', 'drift', 'policy', 'type wanted', ...FACTS],
  migration: [
    'catalog',
    'column-users.ts',
    'errors/command',
    'family.ts',
    'policy',
    'type wanted',
    ...FACTS,
  ],
  init: ['errors/command', 'policy', 'type catalog', 'type config.ts', 'wanted', ...FACTS],
  'waivers.ts': ['checks', 'type config.ts'],
  'baseline.ts': ['type checks'],
  'chosen-checks.ts': [...['checks', 'nearest.ts', 'parse-config.ts', 'type config.ts'], ...FACTS],
  'inconclusive.ts': ['type checks'],
  'isolation.ts': ['checks', 'policy', 'type catalog'],
  'snapshot-file.ts': [
    ...['catalog', 'errors/command', 'parse-config.ts', 'wanted', 'type config.ts'],
    ...FACTS,
  ],
  'compare-snapshots.ts': [
    ...['comparison', 'parse-config.ts', 'wanted', 'type catalog', 'type config.ts'],
  ],
  'take-snapshot.ts': [
    ...['catalog', 'drift', 'errors/command', 'wanted', 'type config.ts'],
    ...['chosen-checks.ts'],
  ],
  'audit.ts': [
    ...['level.ts', 'wanted', 'type catalog', 'type checks', 'type comparison', 'type config.ts'],
    ...['compare-snapshots.ts', 'snapshot-file.ts', 'take-snapshot.ts'],
    'baseline.ts',
    'chosen-checks.ts',
    'inconclusive.ts',
    'isolation.ts',
    'waivers.ts',
  ],
  cli: [
    ...['catalog', 'checks', 'config.ts', 'drift', 'errors/command', 'parse-config.ts', 'policy'],
    'wanted',
    ...FACTS,
    'audit.ts',
    'baseline.ts',
    'comparison',
    'family.ts',
    'isolation.ts',
    'nearest.ts',
    'init',
    'migration',
    '@clack/prompts',
    'c12',
    'chalk',
    'commander',
    'jiti',
    'kysely',
    'kysely/migration',
    'pg',
    'type sarif',
  ],
  'index.ts': ['errors', 'runtime', 'type config.ts'],
}

describe('P10 an app never loads the CLI', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )

  for (const file of files) {
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

type Kind = 'type' | 'value'

function importsOf(file: string): { target: string; kind: Kind }[] {
  return specifiersOf(readFileSync(join(SRC, file), 'utf8'))
    .filter(({ specifier }) => !specifier.startsWith('node:'))
    .map(({ specifier, kind }) => ({
      target: specifier.startsWith('.')
        ? layerOf(relative(SRC, join(SRC, dirname(file), specifier)))
        : specifier,
      kind,
    }))
}

function specifiersOf(source: string): { specifier: string; kind: Kind }[] {
  const STATEMENT = /^ *(?:import|export)\s+(type\s)?(?:[\w\s{},*$]+?\sfrom\s+)?'([^']+)'/gm
  const CALL = /\bimport\(\s*()'([^']+)'/g

  return [...source.matchAll(STATEMENT), ...source.matchAll(CALL)].map(([, type, specifier]) => ({
    specifier: specifier as string,
    kind: type ? 'type' : 'value',
  }))
}

function layerOf(file: string): string {
  return file.startsWith('errors/command/') ? 'errors/command' : (file.split('/')[0] as string)
}
