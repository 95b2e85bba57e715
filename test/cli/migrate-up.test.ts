import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { useProjectsDatabase } from '../support/projects-database.ts'

describe('migrate:up', () => {
  const { inProject } = useProjectsDatabase()

  it('runs the next migration that is pending, and one alone', () =>
    inProject(async ({ run, folder }) => {
      mkdirSync(join(folder, 'migrations'))
      for (const name of ['1_a', '2_b']) {
        const text = `import { sql } from 'kysely'\nexport const up = (db) => sql\`select 1\`.execute(db)\n`
        writeFileSync(join(folder, `migrations/${name}.ts`), `${text}export const down = up\n`)
      }
      const executed = (name: string) => ({ code: 0, out: `✔ ${name}  executed\n`, err: '' })
      expect(await run('migrate:up')).to.deep.equal(executed('1_a'))
      expect(await run('migrate:up')).to.deep.equal(executed('2_b'))
      expect(await run('migrate:up')).to.deep.equal({
        code: 0,
        out: '',
        err: 'Nothing to do: no migration is pending.\n',
      })
      expect((await run('migrate:down')).out).to.equal('✔ 2_b  undone\n')
      expect(JSON.parse((await run('migrate:up', '--json')).out)).to.deep.equal({
        version: 1,
        migrations: [{ name: '2_b', status: 'executed' }],
      })
    }))
})
