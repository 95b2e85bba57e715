import { expect } from 'chai'
import { inProject, query } from '../../support/keys-project.ts'
import { roleName, withClient } from '../../support/postgres.ts'

describe('privileges', () => {
  it('that everybody had stay with the roles of the config, and those of somebody else are advice', () =>
    inProject({ tables: { projects: {} }, with: ['grants'] }, async (project, url) => {
      const [app, group] = [roleName(url, 'app'), roleName(url, 'group')]
      await query(
        url,
        `create role ${group}; grant ${group} to ${app};
         grant select, truncate on projects to public; grant insert, trigger on projects to ${group};
         grant references on projects to ${group} with grant option;
         set role ${group}; grant references on projects to ${app}`,
      )
      const { err } = await project.run('migrate:rls')
      expect(err.split('\n')).to.include.members([
        `  public.projects: ${app} has REFERENCES; granted by ${group}, who alone can take it back`,
        `  public.projects: ${group} has REFERENCES, TRIGGER; passed on to ${app}, who must lose it first`,
      ])
      expect(await project.run('migrate:latest')).to.have.property('code', 0)
      const { rows } = await withClient(url, (client) =>
        client.query({
          text: `select coalesce(grantee::regrole::text, 'public'), privilege_type
            from pg_class, aclexplode(relacl) where relname = 'projects' and grantee <> relowner
            order by 1, 2`,
          rowMode: 'array',
        }),
      )
      expect(rows).to.deep.equal([
        [app, 'REFERENCES'],
        [app, 'SELECT'],
        [group, 'INSERT'],
        [group, 'REFERENCES'],
        [group, 'TRIGGER'],
      ])
    }))
})
