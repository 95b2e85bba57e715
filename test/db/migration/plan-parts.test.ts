import { expect } from 'chai'
import {
  A,
  inProject,
  LISTED,
  migrate,
  query,
  readUnvalidated,
  withoutNumbers,
} from '../../support/keys-project.ts'
import { readRelations } from '../../support/migration-project.ts'

describe('keys that hold the tenant', () => {
  it('leave every file its own way back, and forth again', () =>
    inProject({ tables: LISTED, with: ['foreign-keys', 'unique-keys'] }, async (project, url) => {
      await migrate(project)
      const files = project.files()
      for (const [index, file] of files.toReversed().entries()) {
        const after = await readUnvalidated(url)
        await project.call(file, 'down')
        const before = await readUnvalidated(url)
        await project.call(file, 'up')
        expect(await readUnvalidated(url), `${index}: ${file} again`).to.deep.equal(after)
        await project.call(file, 'down')
        expect(await readUnvalidated(url), `${index}: ${file} undone again`).to.deep.equal(before)
      }
    }))
})

describe('an owner whom the policies bind', () => {
  it('validates what it cannot see, and back', () =>
    inProject({ tables: LISTED, with: [], owner: true }, async (project, url) => {
      await migrate(project)
      const forced = await readRelations(url)
      const files = project.files().length
      const parts = 'foreign-keys,unique-keys'
      await query(url, `insert into visits values (3, '${A}', 2)`)

      await project.run('migrate:rls', '--with', parts)
      const failed = await project.run('migrate:latest')
      expect(failed.err).to.match(/MIGRATION\.ROWS_IN_THE_WAY/)
      await query(url, 'delete from visits where id = 3')
      const latest = await project.run('migrate:latest')
      expect(latest.code, latest.err).to.equal(0)
      expect((await project.run('migrate:rls', '--check', '--with', parts)).code).to.equal(0)

      for (const file of project.files().slice(files).toReversed()) {
        const down = await project.run('migrate:down')
        expect(down.code, `${file}: ${down.err}`).to.equal(0)
      }
      expect(withoutNumbers(await readRelations(url))).to.deep.equal(withoutNumbers(forced))
    }))
})
