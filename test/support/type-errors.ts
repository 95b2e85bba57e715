import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PRELUDE = join(ROOT, 'test/types/examples.d.ts')

/** As the tests are compiled; but an example may declare something for the sake of showing it. */
export function compilerOptions(): ts.CompilerOptions {
  const file = join(ROOT, 'test/tsconfig.json')
  const { config } = ts.readConfigFile(file, ts.sys.readFile)
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, join(ROOT, 'test'))
  return { ...parsed.options, noUnusedLocals: false, noUnusedParameters: false }
}

/**
 * What the compiler says of these files, which may import each other and have what `examples.d.ts`
 * takes for granted.
 *
 * @param folder of `.cache`, one for each caller
 */
export function typeErrors(folder: string, files: Readonly<Record<string, string>>): string[] {
  const root = join(ROOT, '.cache', folder)
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  const paths = Object.entries(files).map(([name, code]) => {
    writeFileSync(join(root, name), `${code}\nexport {}\n`)
    return join(root, name)
  })
  const program = ts.createProgram([PRELUDE, ...paths], compilerOptions())
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${basename(file?.fileName ?? '')}: ${text}`
  })
}
