import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { main } from '../../src/cli/main.ts'
import { useProjectsDatabase } from '../support/projects-database.ts'

describe('the config in a folder above', () => {
  const { config, query, inProject } = useProjectsDatabase()

  it('is found from a subfolder; paths in it start beside it, and printed ones where the user is', () =>
    inProject(async ({ folder, files }) => {
      const below = join(folder, 'src', 'db')
      mkdirSync(below, { recursive: true })
      const { code, out } = await runIn(below, 'migrate:rls')
      expect(code).to.equal(0)
      expect(out).to.equal(
        files()
          .map((file) => `../../migrations/${file}\n`)
          .join(''),
      )
      expect(await runIn(below, 'migrate:latest')).to.include({ code: 0 })
      expect(await runIn(below, 'status')).to.include({ code: 0 })
    }))

  it('may hand on the one of the sources', () =>
    inProject(async ({ folder, run }) => {
      mkdirSync(join(folder, 'src'))
      const text = `export default ${JSON.stringify(config())} as const`
      writeFileSync(join(folder, 'src/tenants.ts'), text)
      const file = join(folder, 'kysely-tenants.config.ts')
      writeFileSync(file, `export { default } from './src/tenants.ts'`)
      expect(await run('migrate:rls')).to.include({ code: 0 })
    }))

  it('is not taken where a nearer one is', () =>
    inProject(async ({ folder }) => {
      await query('create table notes (id int primary key, tenant_id uuid)')
      const below = join(folder, 'packages', 'app', 'src')
      mkdirSync(below, { recursive: true })
      writeFileSync(
        join(below, '../kysely-tenants.config.json'),
        JSON.stringify({ ...config(['notes']), global: ['projects'] }),
      )
      const { out } = await runIn(below, 'status', '--json')
      expect(JSON.parse(out).tables.map(({ name }: { name: string }) => name)).to.deep.equal([
        'notes',
      ])
    }))
})

async function runIn(cwd: string, ...argv: string[]): Promise<{ code: number; out: string }> {
  let out = ''
  const code = await main(argv, {
    cwd,
    color: false,
    out: (text) => {
      out += text
    },
    err: () => undefined,
  })
  return { code, out }
}
