import { expect } from 'chai'
import {
  A,
  attempt,
  inProject,
  isBefore15,
  LISTED,
  migrate,
  query,
} from '../../support/keys-project.ts'

describe('foreign keys that hold the tenant', () => {
  it('refuse a reference to another tenant by the name that the foreign key had', () =>
    inProject({ tables: LISTED, with: ['foreign-keys'] }, async (project, url) => {
      await migrate(project)
      // PostgreSQL 14 leaves the one that sets NULL to the user.
      for (const table of (await isBefore15(url)) ? ['visits'] : ['tasks', 'visits']) {
        const refused = await attempt(url, `insert into ${table} values (3, '${A}', 2)`)
        expect(refused).to.match(new RegExp(`violates foreign key constraint "${table}_project_id`))
      }
    }))

  it('lose the reference and not the tenant when the row that they refer to is deleted', () =>
    inProject({ tables: LISTED, with: ['foreign-keys'] }, async (project, url) => {
      const { err } = await project.run('migrate:rls')
      if (await isBefore15(url)) {
        return expect(err).to.include(
          'public.tasks: foreign key tasks_project_id_fkey may lead to a row of another tenant in public.projects; before PostgreSQL 15, ON DELETE SET NULL would change the tenant too: choose RESTRICT or CASCADE\n',
        )
      }
      await project.run('migrate:latest')
      await query(url, 'delete from projects where id = 1')
      expect(await query(url, 'select * from tasks where id = 1')).to.deep.equal([
        { id: 1, tenant_id: A, project_id: null },
      ])
      expect(await query(url, 'select id from visits')).to.deep.equal([{ id: 2 }])
    }))

  it('need no other index for the tenant', () =>
    inProject({ tables: LISTED, with: ['foreign-keys'] }, async (project, url) => {
      await migrate(project)
      expect(
        await query(
          url,
          `select indexname as name from pg_indexes where tablename = 'projects' order by 1`,
        ),
      ).to.deep.equal([
        { name: 'projects_by_name' },
        { name: 'projects_pkey' },
        { name: 'projects_tenant_id_id_key' },
      ])
    }))
})

describe('rows that break a foreign key', () => {
  it('are shown by the query of the message; mended, the migration goes on', () =>
    inProject({ tables: LISTED, with: ['foreign-keys'] }, async (project, url) => {
      await query(url, `insert into visits values (3, '${A}', 2), (4, '${A}', null)`)
      await project.run('migrate:rls')
      const failed = await project.run('migrate:latest')
      expect(failed.code).to.equal(2)
      expect(failed.err).to.match(/ MIGRATION\.ROWS_IN_THE_WAY\n/)
      const [, name, table, rows = ''] =
        /_validation failed: (\S+) has rows that refer to another tenant in (\S+), which visits_project_id_fkey_tenant forbids: (select .*?);/.exec(
          failed.err,
        ) ?? []
      // Before 18 each partition is validated for itself.
      expect([name, table]).to.be.deep.oneOf([
        ['public.visits', 'public.projects'],
        ['public.visits_1', 'public.projects'],
      ])
      expect(await query(url, rows)).to.deep.equal([{ id: 3, tenant_id: A, project_id: 2 }])

      await query(url, 'delete from visits where id = 3')
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      expect((await project.run('migrate:rls', '--check')).code).to.equal(0)
    }))
})
