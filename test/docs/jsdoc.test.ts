import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import ts from 'typescript-5.9'
import { typeErrors } from '../support/type-errors.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ENTRIES = [
  'src/index.ts',
  'src/config/config.ts',
  'src/audit/audit.ts',
  'src/knex/index.ts',
].map((file) => join(ROOT, file))

describe('JSDoc', () => {
  const program = ts.createProgram(ENTRIES, compilerOptions())
  const exported = exportsOf(program)

  it('stands on everything that is exported', () => {
    const checker = program.getTypeChecker()
    const bare = exported.filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
    expect(bare.map(({ name }) => name)).to.deep.equal([])
  })

  it('has an example for everything that can be called', () => {
    const callable = exported.filter(
      ({ flags }) => flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class),
    )
    const checker = program.getTypeChecker()
    const bare = callable.filter(
      (symbol) => !symbol.getJsDocTags(checker).some(({ name }) => name === 'example'),
    )
    expect(callable.length).to.be.greaterThan(5)
    expect(bare.map(({ name }) => name)).to.deep.equal([])
  })

  it('shows only examples that compile', async () => {
    const examples = examplesOf(exported)
    expect(examples.length).to.be.greaterThan(10)
    const files = examples.map(({ at, code }) => [`${at.replaceAll('/', '.')}.ts`, code])
    expect(await typeErrors('examples', Object.fromEntries(files))).to.deep.equal([])
  }).timeout(120_000)
})

/** The examples of Knex have other instances and other imports than those of Kysely. */
function namesOf(file: string, block: string): string {
  if (!file.includes('/src/knex/')) return ''
  const instances = {
    db: 'Knex',
    tenancy:
      "Tenancy & Lookups<{ lookups: { tenantOfHost: { table: 'tenants', by: 'hostname' } } }>",
  }
  const assumed = Object.entries(instances).filter(([name]) => !block.includes(`const ${name} =`))
  return [
    "import knex, { type Knex } from 'knex'",
    "import { createTenancy, forTenant, type Lookups, type Tenancy, tenantClient, type TenantKnex } from 'kysely-tenants/knex'",
    ...assumed.map(([name, type]) => `declare const ${name}: ${type}`),
    '',
  ].join('\n')
}

interface Example {
  /** File and line. */
  readonly at: string
  readonly code: string
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options
}

function exportsOf(program: ts.Program): ts.Symbol[] {
  const checker = program.getTypeChecker()
  return ENTRIES.flatMap((entry) => {
    const file = program.getSourceFile(entry)
    const module = file && checker.getSymbolAtLocation(file)
    return module ? checker.getExportsOfModule(module) : []
  }).map((symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  )
}

/** Of every file that declares one of the symbols: members have examples too. */
function examplesOf(symbols: readonly ts.Symbol[]): Example[] {
  const files = symbols.flatMap(({ declarations = [] }) =>
    declarations.map((declaration) => declaration.getSourceFile().fileName),
  )
  return [...new Set(files)].flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [...text.matchAll(/@example\n\s*\* ```ts\n(.*?)\s*\* ```/gs)].map(
      ({ index, 1: block = '' }) => ({
        at: `${relative(ROOT, file)}.${text.slice(0, index).split('\n').length}`,
        code: namesOf(file, block) + block.replaceAll(/^\s*\* ?/gm, ''),
      }),
    )
  })
}
