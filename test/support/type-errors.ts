import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')

/** As the tests are compiled; but an example may declare something for the sake of showing it. */
const SETTINGS = {
  extends: '../../test/tsconfig.json',
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  files: ['../../test/types/examples.d.ts'],
  include: ['.'],
}

/**
 * The errors of the compiler in these files, which may import each other and have the names that
 * `examples.d.ts` declares.
 *
 * @param folder of `.cache`, one for each caller
 */
export function typeErrors(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const root = join(ROOT, '.cache', folder)
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true })
  for (const [name, code] of Object.entries(files)) {
    writeFileSync(join(root, name), `${code}\nexport {}\n`)
  }
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify(SETTINGS))
  return compile(root)
}

function compile(folder: string): Promise<string[]> {
  const argv = [COMPILER, '-p', '.', '--pretty', 'false']
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { cwd: folder }, (error, said) => {
      if (error && said === '') reject(error)
      // A message goes on in the indented lines below its first one.
      else resolve(said.split(/\n(?! )/).filter((message) => message !== ''))
    })
  })
}
