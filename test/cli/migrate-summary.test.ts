import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { withMigrations } from '../support/migration-project.ts'
import { roleName, withClient, withDatabase } from '../support/postgres.ts'

const SCHEMA = `
  create table projects (id int primary key, tenant_id uuid not null, title text);
  create table tasks (id int primary key, project_id int not null references projects);
  create materialized view "a | b" as select count(*) from projects`

describe('migrate:rls --summary', () => {
  it('prints the review as markdown, and writes nothing', () =>
    withDatabase(async (url) => {
      const owner = roleName(url, 'owner')
      const ownership = `create role ${owner}; alter materialized view "a | b" owner to ${owner}`
      await withClient(url, (client) => client.query(`${SCHEMA}; ${ownership}`))
      const config = { connection: url, tables: ['projects', 'tasks'] }
      await withMigrations(config, async ({ folder, run }) => {
        const { code, out, err } = await run('migrate:rls', '--summary')
        expect({ code, err }).to.deep.equal({ code: 0, err: '' })
        expect(out.replaceAll('\\', '').replaceAll(owner, 'OWNER')).to.equal(
          REVIEW.replaceAll('\\', ''),
        )
        expect(existsSync(join(folder, 'migrations'))).to.equal(false)

        await run('migrate:rls')
        const { out: pending } = await run('migrate:rls', '--summary')
        expect(pending).to.match(
          /^### Written before, and not yet run\n\n- `migrations\/\d+_tenants_1_columns\.ts`\n/m,
        )
        await run('migrate:latest')
        const { out: done } = await run('migrate:rls', '--summary')
        expect(done).to.match(
          /^## Row security\n\n\*\*Nothing to do: the database is as the config wants it\.\*\*\n\n### Stays open\n/,
        )
        expect(await run('migrate:rls', '--summary', '--check')).to.deep.include({
          code: 2,
          out: '',
        })
      })
    }))
})

const REVIEW = `## Row security

**2 tables, 7 phases.**

| table | gets | strongest lock |
| --- | --- | --- |
| \`public.projects\` | index projects\\_tenant\\_id\\_idx, tenant\\_isolation, tenant\\_access, default, ENABLE, FORCE | access exclusive |
| \`public.tasks\` | column tenant\\_id, default, its rows filled, index tasks\\_tenant\\_id\\_idx, CHECK tenant\\_not\\_null, NOT NULL, tenant\\_isolation, tenant\\_access, ENABLE, FORCE | access exclusive |

### Phases and locks

| phase | tables | strongest lock | held |
| --- | --- | --- | --- |
| \`columns\` | 1 | access exclusive | until the commit |
| \`backfill\` | 1 | row exclusive | for each statement |
| \`indexes\` | 2 | share update exclusive | for each statement |
| \`constraints\` | 1 | access exclusive | until the commit |
| \`validation\` | 1 | access exclusive | until the commit |
| \`policies\` | 2 | access exclusive | until the commit |
| \`force\` | 2 | access exclusive | until the commit |

### Hazards

- \`backfill\`: Writes every row once. (\`public.tasks\`)
- \`indexes\`: Waits for every transaction that is older. (every table)
- \`constraints\`: An insert that names no tenant and has none to take is refused from here on. (\`public.tasks\`)
- \`policies\`: A statement without a tenant sees no rows from here on. (every table)
- \`force\`: Jobs, views and functions of the owner see no rows without a policy for it. (every table)

### Sees no row from then on

- materialized view public."a | b" as OWNER: public.projects
- Give the role \\\`roles.owner\\\` or \\\`roles.admin\\\`, leave FORCE out with \\\`force: false\\\`, or let it name a tenant: docs/owner.md.

### Stays open

- --with foreign-keys public.tasks: foreign key tasks\\_project\\_id\\_fkey may lead to a row of another tenant in public.projects
- --with unique-keys public.projects: unique key projects\\_pkey spans all tenants, and 1 more
`
