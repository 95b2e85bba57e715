import { expect } from 'chai'
import { inProject, isBefore15, query } from '../../support/keys-project.ts'
import { roleName } from '../../support/postgres.ts'

describe('a view over tenant tables', () => {
  it('is planned where the application uses it, and says what its readers lack', () =>
    inProject({ tables: { projects: {} }, with: ['views'] }, async (project, url) => {
      if (await isBefore15(url)) return
      const [app, report] = [roleName(url, 'app'), roleName(url, 'report')]
      await query(
        url,
        `create role ${report}; create view names as select name from projects;
         create view first_names as select * from names; create view totals as select count(*) from projects;
         create view numbers as select 1 as number; grant select on first_names, numbers to ${app};
         grant select on first_names to ${report}`,
      )
      const { out } = await project.run('migrate:rls', '--json')
      const privileges = JSON.parse(out).phases.find(
        ({ name }: { name: string }) => name === 'privileges',
      )
      expect(
        privileges.steps.map(({ up, hazard }: { up: string; hazard: string }) => [up, hazard]),
      ).to.deep.equal([
        [
          'alter view public.names set (security_invoker = true)',
          `Fails for the application: ${app} must first get SELECT on public.projects. A role that uses it needs privileges on the relations that it reads.`,
        ],
        [
          'alter view public.first_names set (security_invoker = true)',
          `Fails for the application: ${app} must first get SELECT on public.names. Also read by ${report}: they need privileges and policies of their own. A role that uses it needs privileges on the relations that it reads.`,
        ],
      ])
    }))
})
