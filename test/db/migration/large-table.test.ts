import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { withMigrations } from '../../support/migration-project.ts'
import { withClient, withDatabase } from '../../support/postgres.ts'

const PAGE = readFileSync(new URL('../../../docs/migrations.md', import.meta.url), 'utf8')
const PROMPT = '$ npx kysely-tenants '
const TIME = '1767225600000'

describe('a large table', () => {
  it('is adopted as docs/migrations.md shows it', () =>
    withDatabase(async (url) => {
      await withClient(url, (client) =>
        client.query(`
          create table projects (id int primary key, tenant_id uuid not null);
          create table tasks (id int primary key, project_id int not null references projects);
          insert into projects values (1, gen_random_uuid());
          insert into tasks select n, 1 from generate_series(1, 25000) n`),
      )
      const [, transcript = ''] = /<!-- large table -->\n```text\n(.*?)```/s.exec(PAGE) ?? []
      const commands = transcript.split('\n').filter((line) => line.startsWith(PROMPT))
      expect(commands).to.have.length(5)

      await withMigrations({ connection: url, tables: ['projects', 'tasks'] }, async (project) => {
        const said: string[] = []
        for (const command of commands) {
          const [time = TIME] = said.length > 0 ? (project.files()[0]?.split('_') ?? []) : []
          const argv = command.slice(PROMPT.length).replace(TIME, time).split(' ')
          const { code, out, err } = await project.run(...argv)
          expect(code, command).to.equal(0)
          said.push(`${command}\n${out}${err}`.replaceAll(/\d{13}/g, TIME))
        }
        expect(said.join('\n')).to.equal(transcript)
      })
    }))
})
