import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The migrations of a project, under the rules of this repository. */
export function biomeSays({ folder }: { folder: string }): { status: number | null; said: string } {
  const { formatter, javascript, linter } = JSON.parse(
    readFileSync(new URL('../../biome.json', import.meta.url), 'utf8'),
  )
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ formatter, javascript, linter }))
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'check', '--error-on-warnings', 'migrations'],
    { cwd: folder, encoding: 'utf8' },
  )
  return { status, said: (stdout + stderr).replace(/ in \d+\w+/, '') }
}

/** The errors of TypeScript in the migrations of a project, JavaScript with JSDoc included. */
export function typeCheck(folder: string, kysely = 'kysely'): string {
  const index = [`dist/index.d.ts`, 'dist/esm/index.d.ts']
    .map((path) => join(folder, 'node_modules', kysely, path))
    .find(existsSync)
  const tsconfig = JSON.parse(readFileSync(new URL('../../tsconfig.json', import.meta.url), 'utf8'))
  const { rootDir, outDir, declaration, isolatedDeclarations, ...compilerOptions } =
    tsconfig.compilerOptions
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...compilerOptions,
        checkJs: true,
        noEmit: true,
        types: [],
        paths: { kysely: [index] },
      },
      include: ['migrations'],
    }),
  )
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  return stdout + stderr
}
