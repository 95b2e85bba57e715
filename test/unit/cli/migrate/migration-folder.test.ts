import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { writeMigrations } from '../../../../src/cli/migrate/migration-folder.ts'
import { isTenancyError } from '../../../../src/errors/tenancy-error.ts'
import { withProject } from '../../../support/run-cli.ts'

describe('writing migrations', () => {
  it('overwrites no file, and writes none beside it', () =>
    withProject({}, async ({ folder }) => {
      const [free, taken] = [join(folder, '1_a.ts'), join(folder, '1_b.ts')]
      writeFileSync(taken, 'kept')
      expect(
        codeOf(() =>
          writeMigrations(
            folder,
            [free, taken].map((path) => ({ path, text: 'new' })),
          ),
        ),
      ).to.equal('MIGRATION.FILE_EXISTS')
      expect(readdirSync(folder).toSorted()).to.deep.equal(['1_b.ts', 'kysely-tenants.config.json'])
    }))

  it('takes the first file back when the second cannot be written', () =>
    withProject({}, async ({ folder }) => {
      const paths = [join(folder, 'new/1_a.ts'), join(folder, `new/${'b'.repeat(300)}.ts`)]
      expect(
        codeOf(() =>
          writeMigrations(
            join(folder, 'new'),
            paths.map((path) => ({ path, text: 'new' })),
          ),
        ),
      ).to.equal('MIGRATION.FOLDER_NOT_WRITABLE')
      expect(readdirSync(folder)).to.deep.equal(['kysely-tenants.config.json'])
    }))
})

function codeOf(body: () => void): string | undefined {
  try {
    body()
  } catch (error) {
    if (isTenancyError(error)) return error.code
    throw error
  }
  return undefined
}
