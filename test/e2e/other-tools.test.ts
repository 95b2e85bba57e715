import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { OtherFormat } from '../../src/migration/other-formats.ts'
import { type MigrationProject, withMigrations } from '../support/migration-project.ts'
import { createMixedState, mixedConfig, readMixedState } from '../support/mixed-state.ts'
import { withClient, withDatabase } from '../support/postgres.ts'

interface Tool {
  readonly format: OtherFormat
  /** The folder that `migrate:rls` writes into. */
  readonly folder: string
  /** Runs all files. */
  readonly up: (run: Run) => void
  /** Runs the way back of all files, the last one first. */
  readonly down: (run: Run) => void
}

interface Run {
  readonly project: MigrationProject
  readonly url: string
  /** The files of the folder, with those of its subfolders. */
  readonly files: readonly string[]
  /** Runs a program of `node_modules/.bin` in the project. */
  tool(name: string, ...argv: string[]): void
  psql(...argv: string[]): void
}

// dbmate and Supabase cannot be installed from npm alone: test/cli/other-formats.test.ts holds their files.
const TOOLS: readonly Tool[] = [
  {
    format: 'node-pg-migrate',
    folder: 'migrations',
    up: ({ tool }) => tool('node-pg-migrate', 'up'),
    down: ({ tool, files }) => tool('node-pg-migrate', 'down', String(files.length)),
  },
  {
    format: 'graphile-migrate',
    folder: 'migrations/committed',
    up: ({ project, url, tool }) => {
      const settings = { connectionString: url, shadowConnectionString: url }
      writeFileSync(join(project.folder, '.gmrc'), JSON.stringify(settings))
      tool('graphile-migrate', 'migrate')
    },
    down: downWithPsql('migrations/committed', /\.down\.sql$/),
  },
  {
    format: 'drizzle',
    folder: 'drizzle',
    up: ({ project, url, tool }) => {
      const config = { dialect: 'postgresql', schema: './schema.js', dbCredentials: { url } }
      writeFileSync(join(project.folder, 'schema.js'), '')
      writeFileSync(
        join(project.folder, 'drizzle.config.json'),
        JSON.stringify({ ...config, out: './drizzle' }),
      )
      tool('drizzle-kit', 'migrate', '--config', 'drizzle.config.json')
      tool('drizzle-kit', 'check', '--config', 'drizzle.config.json')
    },
    down: downWithPsql('drizzle', /\.down\.sql$/),
  },
  // Neither tool can be installed from npm: these are their rules.
  {
    format: 'prisma',
    folder: 'prisma/migrations',
    // One simple query for each file: what psql sends with `-c`.
    up: ({ files, psql, project }) => {
      for (const file of files.filter((name) => name.endsWith('migration.sql'))) {
        psql('-c', project.text(`../prisma/migrations/${file}`))
      }
    },
    down: downWithPsql('prisma/migrations', /\/down\.sql$/),
  },
  {
    format: 'flyway',
    folder: 'sql',
    up: ({ files, psql, project }) => {
      for (const file of files.filter((name) => /^V.*\.sql$/.test(name))) {
        const conf = project.text(`../sql/${file}.conf`)
        const isTransaction = conf.includes('executeInTransaction=true')
        psql(...(isTransaction ? ['-1'] : []), '-f', `sql/${file}`)
      }
    },
    down: downWithPsql('sql', /^U.*\.sql$/),
  },
]

function downWithPsql(folder: string, pattern: RegExp): Tool['down'] {
  return ({ files, psql }) => {
    const back = files.filter((name) => pattern.test(name)).toReversed()
    for (const file of back) psql('-f', `${folder}/${file}`)
  }
}

describe('tools that keep migrations in folders of their own', function () {
  this.timeout(120_000)

  for (const { format, folder, up, down } of TOOLS) {
    it(`${format} runs what migrate:rls --format ${format} wrote, and its way back undoes it`, () =>
      withDatabase(async (url) => {
        await createMixedState(url)
        await withMigrations(mixedConfig(url), async (project) => {
          const before = await readMixedState(url)
          expect(await project.run('migrate:rls', '--format', format)).to.have.property('code', 0)
          const files = filesIn(join(project.folder, folder))
          const run: Run = { project, url, files, ...programs(project, url) }

          up(run)
          const { code, err } = await project.run('migrate:rls', '--check', '--format', format)
          expect({ code, err: err.split('\n')[0] }).to.deep.equal({
            code: 0,
            err: 'Nothing to do: the database is as the config wants it.',
          })

          down(run)
          await dropRecords(url)
          expect(await readMixedState(url)).to.deep.equal(before)
        })
      }))
  }
})

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted()
}

function programs({ folder }: MigrationProject, url: string): Pick<Run, 'tool' | 'psql'> {
  const run = (file: string, argv: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(file, argv, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: `${url}?sslmode=disable`, PGCLIENTENCODING: 'UTF8' },
    })
    expect(status, `${argv.join(' ')}\n${stdout}${stderr}`).to.equal(0)
  }
  return {
    tool: (name, ...argv) => run(join(folder, 'node_modules/.bin', name), argv),
    psql: (...argv) => run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', url, ...argv]),
  }
}

/** The tables in which tools record what has run. */
function dropRecords(url: string): Promise<unknown> {
  return withClient(url, (client) =>
    client.query('drop table if exists public.schema_migrations, public.pgmigrations'),
  )
}
