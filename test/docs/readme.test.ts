import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { parseConfig } from '../../src/config/parse-config.ts'
import { APPLICATION_ERROR_CODES, COMMAND_ERROR_CODES } from '../../src/errors/codes.ts'
import { blocksOf, modulesOf } from '../support/page-blocks.ts'
import { typeErrors } from '../support/type-errors.ts'

const README = page('README.md')
const PAGES = readdirSync(new URL('../../docs', import.meta.url))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
const INSTALL = README.slice(README.indexOf('## Install'), README.indexOf('## Commands'))

describe('README', () => {
  it('shows the two commands for a fresh machine', () => {
    expect(README).to.include('npm ci && npm run demo\nnpm ci && npm test\n')
  })

  it('needs less than 60 lines from install to use', () => {
    const code = blocksOf(INSTALL, '\\w+').flatMap((text) => text.trimEnd().split('\n'))
    expect(code.length).to.be.greaterThan(20).and.lessThan(60)
  })

  it('leads to every page, and to none that is not there', () => {
    for (const name of ['README.md', 'CONTRIBUTING.md', ...PAGES]) {
      for (const [, link = ''] of page(name).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        expect(() => page(link, name), `${name}: ${link}`).not.to.throw()
      }
    }
    for (const name of PAGES) expect(README, name).to.include(`](${name})`)
  })
})

describe('docs/config.md', () => {
  const [example = ''] = blocksOf(page('docs/config.md'), 'ts')

  it('shows every key', () => {
    const [command = ''] = page('src/config/config.ts').split(
      '/** The config as {@link parseConfig} returns it',
    )
    const inputs = page('src/config/tenancy-input.ts') + command
    const keys = [...inputs.matchAll(/^ +readonly (\w+)\??:/gm)].map(([, key]) => key)
    expect(keys.length).to.be.greaterThan(20)
    for (const key of keys) expect(example).to.match(new RegExp(`\\b${key}: `))
  })

  it('shows a config that is valid', async () => {
    const folder = new URL('../../.cache/config/', import.meta.url)
    mkdirSync(folder, { recursive: true })
    const text = example.replace(/^import .*/, 'const defineConfig = (config: unknown) => config')
    writeFileSync(new URL('kysely-tenants.config.ts', folder), text)
    const { default: config } = await import(`${folder}kysely-tenants.config.ts`)
    expect(parseConfig(config).tables.map(({ name }) => name)).to.deep.equal([
      'projects',
      'invoices',
      'templates',
      'comments',
      'tasks',
      'settings',
      'users',
    ])
  })

  it('shows JSON that is valid, and leads to the schema of the package', () => {
    const [json = ''] = blocksOf(page('docs/config.md'), 'json')
    const config = JSON.parse(json)
    expect(parseConfig(config).tables.map(({ name }) => name)).to.deep.equal([
      'projects',
      'invoices',
    ])
    const { exports } = JSON.parse(page('package.json'))
    expect(config.$schema).to.equal(
      exports['./config.schema.json'].replace('./', './node_modules/kysely-tenants/'),
    )
  })
})

describe('docs/errors.md', () => {
  it('explains every error code of an application, every one of the command, and no other', () => {
    expect(codesIn('an application')).to.deep.equal([...APPLICATION_ERROR_CODES].sort())
    expect(codesIn('the command')).to.deep.equal([...COMMAND_ERROR_CODES].sort())
  })
})

describe('README and docs/', () => {
  // One program for all: most of its time goes into the types that they import.
  it('show only code that compiles, the config and the application of the README together', async () => {
    const [config = '', application = '', knex = '', ...more] = blocksOf(INSTALL, 'ts')
    expect(more).to.deep.equal([])
    expect(config).to.include('defineConfig')
    expect(application).to.include('createTenancy(config)')
    const names = [
      'docs/audit.md',
      'docs/config.md',
      'docs/contexts.md',
      'docs/errors.md',
      'docs/knex.md',
      'docs/migrating.md',
      'docs/operations.md',
      'docs/runtime.md',
    ]
    const examples = names.flatMap((name) =>
      blocksOf(page(name), 'ts').map((code, index) => [
        `${name.replace('/', '-')}.${index}.ts`,
        code,
      ]),
    )
    expect(examples.length).to.be.greaterThan(5)
    // This page has a config of its own.
    const [lookups = '', ...rest] = blocksOf(page('docs/lookups.md'), 'ts')
    const own = (code: string) => code.replace('./kysely-tenants.config.ts', './lookups.config.ts')
    const files = {
      'kysely-tenants.config.ts': config,
      'application.ts': application,
      'knex.ts': knex,
      'lookups.config.ts': lookups,
      'lookups.ts': rest.map(own).join('\n'),
      ...modulesOf(page('docs/recipes.md')),
    }
    expect(await typeErrors('pages', { ...files, ...Object.fromEntries(examples) })).to.deep.equal(
      [],
    )
  }).timeout(60_000)
})

function page(name: string, from = 'README.md'): string {
  return readFileSync(new URL(name, new URL(from, new URL('../../', import.meta.url))), 'utf8')
}

/** In the order of the page. */
function codesIn(whose: string): string[] {
  const table = new RegExp(`<!-- errors of ${whose} -->(.*)<!-- /errors of ${whose} -->`, 's')
  const [, rows = ''] = table.exec(page('docs/errors.md')) ?? []
  return [...rows.matchAll(/^\| `([A-Z_.]+)` \|/gm)].map(([, code = '']) => code)
}
