import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const COMPILERS: Readonly<Record<string, string>> = {
  '5.4': inItsFolder('typescript-5.4'),
  '5.9': inItsFolder('typescript-5.9'),
  '7': 'node_modules/typescript',
}
const KYSELYS = { '0.28': 'kysely-0.28/dist/esm', '0.29': 'kysely/dist' }

/** As strict as the tests are compiled, in words that TypeScript 5.4 knows. */
const STRICT = {
  target: 'es2022',
  module: 'nodenext',
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
}

/** The Kysely from which on a file compiles. */
const SINCE = /\.since-(\d+\.\d+)\./

/** pg says `Buffer<ArrayBuffer>`, which the types of Node know from TypeScript 5.7 on. */
const NEEDS_LATER_TYPESCRIPT = /\/pg-protocol\/dist\/serializer\.d\.ts.*'Buffer' is not generic/

/** A line that must be refused, with an error that says `needle`. */
interface Expectation {
  readonly at: string
  readonly needle: string
}

/**
 * Prints a line for each compiler and each Kysely; returns the exit code.
 *
 * @param versions of TypeScript
 */
async function compileAll(versions: readonly string[]): Promise<number> {
  const folder = join(ROOT, '.cache/types')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test-d.ts'))
  const expectations = files.flatMap((file) => copyWithoutDirectives(file, folder))
  const chosen = Object.entries(COMPILERS).filter(([version]) => versions.includes(version))
  const compilations = chosen.flatMap(([version, compiler]) =>
    Object.entries(KYSELYS).map(([kysely, types]) => {
      const exclude = files.filter((file) => (SINCE.exec(file)?.[1] ?? '') > kysely)
      return {
        version,
        compiler,
        kysely,
        types,
        exclude,
        expectations: expectations.filter(({ at }) => !exclude.some((file) => at.startsWith(file))),
      }
    }),
  )
  const runs = compilations.map((compilation) => compile(folder, compilation))
  let failed = 0
  for (const [index, { version, kysely, expectations }] of compilations.entries()) {
    const problems = (await runs[index]) ?? []
    const verdict = problems.length === 0 ? 'ok' : 'FAILED'
    const what = `TypeScript ${version}, Kysely ${kysely}, ${expectations.length} lines refused`
    process.stdout.write(`${[`${verdict.padEnd(6)} ${what}`, ...problems].join('\n')}\n`)
    failed += problems.length
  }
  return failed === 0 && expectations.length > 0 && compilations.length > 0 ? 0 : 1
}

/**
 * The compiler accepts any error below `@ts-expect-error`, a misspelt name included. So it never sees
 * the directives, and the errors that it finds are compared with the expected ones.
 */
function copyWithoutDirectives(file: string, folder: string): Expectation[] {
  const lines = readFileSync(join(import.meta.dirname, file), 'utf8').split('\n')
  const expectations = lines.flatMap((line, index) => {
    const needle = /@ts-expect-error (.*?):/.exec(line)?.[1]
    return needle === undefined ? [] : [{ at: `${file}(${index + 2}`, needle }]
  })
  const text = lines.join('\n').replaceAll('@ts-expect-error', 'refused:')
  writeFileSync(join(folder, file), text)
  return expectations
}

interface Compilation {
  readonly version: string
  readonly compiler: string
  readonly kysely: string
  readonly types: string
  /** Files for a later Kysely. */
  readonly exclude: readonly string[]
  readonly expectations: readonly Expectation[]
}

async function compile(
  folder: string,
  { version, compiler, kysely, types, exclude, expectations }: Compilation,
): Promise<string[]> {
  const config = join(folder, `tsconfig.${version}.${kysely}.json`)
  const index = join(ROOT, 'node_modules', types, 'index.d.ts')
  const compilerOptions = {
    ...STRICT,
    rootDir: ROOT,
    // An application may check the declarations of its packages.
    skipLibCheck: false,
    lib: ['es2023'],
    types: ['node'],
    paths: {
      kysely: [index],
      'kysely-tenants': [join(ROOT, 'dist/index.d.ts')],
      'kysely-tenants/config': [join(ROOT, 'dist/config/config.d.ts')],
      'kysely-tenants/knex': [join(ROOT, 'dist/knex/index.d.ts')],
      'kysely-tenants/audit': [join(ROOT, 'dist/audit/audit.d.ts')],
    },
  }
  const settings = { compilerOptions, include: ['.'], exclude }
  writeFileSync(config, JSON.stringify(settings))

  const output = await run(join(ROOT, compiler, 'bin/tsc'), ['-p', config], folder)
  const said = versionOf(join(ROOT, compiler))
  const other = kyselysIn(output).filter((found) => !found.startsWith(`${kysely}.`))
  return [
    ...(said.startsWith(`${version}.`) ? [] : [`This is not TypeScript: ${said}`]),
    ...(kyselysIn(output).length > 0 ? [] : ['Kysely was not loaded.']),
    ...other.map((found) => `Kysely ${found} was loaded.`),
    ...differences(output, expectations),
  ]
}

/** The versions of all Kyselys whose types were read. */
function kyselysIn(output: string): string[] {
  const roots = output.matchAll(/^(.*\/node_modules\/kysely[^/]*)\/dist\//gm)
  return [...new Set([...roots].map(([, root]) => root))].map((root) => versionOf(root ?? ''))
}

function versionOf(root: string): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}

/** The output of a compiler; its exit code is not 0, because there are errors to be found. */
function run(tsc: string, args: readonly string[], cwd: string): Promise<string> {
  const all = [tsc, ...args, '--pretty', 'false', '--listFiles']
  const options = { cwd, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve) => {
    execFile(process.execPath, all, options, (_, stdout) => resolve(stdout))
  })
}

/** Errors that are not expected, and expectations that no error meets. */
function differences(output: string, expectations: readonly Expectation[]): string[] {
  // A message goes on in the indented lines below its first one.
  const errors = output
    .split(/\n(?! )/)
    .filter((block) => /^\S.*\(\d+,\d+\): error TS/.test(block) || /^error TS/.test(block))
    .filter((block) => !NEEDS_LATER_TYPESCRIPT.test(block))
  const meets = (error: string, { at, needle }: Expectation) =>
    error.startsWith(`${at},`) && error.includes(needle)
  const unexpected = errors.filter((error) => !expectations.some((e) => meets(error, e)))
  const unmet = expectations.filter((e) => !errors.some((error) => meets(error, e)))
  return [
    ...unexpected.map((error) => `not expected: ${error}`),
    ...unmet.map(({ at, needle }) => `${at}): no error says ${needle}`),
  ]
}

function inItsFolder(name: string): string {
  const folder = createRequire(import.meta.url).resolve(`${name}/package.json`)
  return join(dirname(folder).slice(ROOT.length), 'node_modules/typescript')
}

// The older ones take long: `npm run test:long` asks for one, the matrix for the other.
const asked = process.argv.slice(2)
process.exitCode = await compileAll(asked.length > 0 ? asked : ['7'])
