import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ENTRIES = ['src/index.ts', 'src/config.ts', 'src/audit.ts'].map((file) => join(ROOT, file))
const PRELUDE = join(ROOT, 'test/types/examples.d.ts')

describe('JSDoc', () => {
  const program = ts.createProgram(ENTRIES, options())
  const exported = exportsOf(program)

  it('stands on everything that is exported and can be called, with an example', () => {
    const callable = exported.filter(
      ({ flags }) => flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class),
    )
    const checker = program.getTypeChecker()
    const bare = callable.filter(
      (symbol) =>
        symbol.getDocumentationComment(checker).length === 0 ||
        !symbol.getJsDocTags(checker).some(({ name }) => name === 'example'),
    )
    expect(callable.length).to.be.greaterThan(5)
    expect(bare.map(({ name }) => name)).to.deep.equal([])
  })

  it('shows only examples that compile', () => {
    const examples = examplesOf(exported)
    expect(examples.length).to.be.greaterThan(10)
    expect(errorsOf(examples)).to.deep.equal([])
  }).timeout(120_000)
})

interface Example {
  /** File and line. */
  readonly at: string
  readonly code: string
}

function options(): ts.CompilerOptions {
  const file = join(ROOT, 'test/tsconfig.json')
  const { config } = ts.readConfigFile(file, ts.sys.readFile)
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, join(ROOT, 'test'))
  // An example may declare something for the sake of showing it.
  return { ...parsed.options, noUnusedLocals: false, noUnusedParameters: false }
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
        at: `${relative(ROOT, file)}:${text.slice(0, index).split('\n').length}`,
        code: block.replaceAll(/^\s*\* ?/gm, ''),
      }),
    )
  })
}

function errorsOf(examples: readonly Example[]): string[] {
  const folder = join(ROOT, '.cache/examples')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const files = examples.map(({ at, code }, index) => {
    const file = join(folder, `example-${index}.ts`)
    writeFileSync(file, `// ${at}\n${code}\nexport {}\n`)
    return file
  })
  const program = ts.createProgram([PRELUDE, ...files], options())
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const at = examples[files.indexOf(file?.fileName ?? '')]?.at ?? file?.fileName
    return `${at}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}
