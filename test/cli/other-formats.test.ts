import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import type { OtherFormat } from '../../src/migration/other-formats.ts'
import { useProjectsDatabase } from '../support/projects-database.ts'

/** The files of an empty project: the time is replaced by `*`. */
const FILES: Readonly<Record<OtherFormat, readonly string[]>> = {
  prisma: [
    'prisma/migrations/*_tenants_1_policies/migration.sql',
    'prisma/migrations/*_tenants_1_policies/down.sql',
    'prisma/migrations/*_tenants_2_force/migration.sql',
    'prisma/migrations/*_tenants_2_force/down.sql',
  ],
  drizzle: [
    'drizzle/0000_tenants_1_policies.sql',
    'drizzle/0000_tenants_1_policies.down.sql',
    'drizzle/meta/0000_snapshot.json',
    'drizzle/0001_tenants_2_force.sql',
    'drizzle/0001_tenants_2_force.down.sql',
    'drizzle/meta/0001_snapshot.json',
    'drizzle/meta/_journal.json',
  ],
  dbmate: ['db/migrations/*_tenants_1_policies.sql', 'db/migrations/*_tenants_2_force.sql'],
  'node-pg-migrate': ['migrations/*_tenants_1_policies.js', 'migrations/*_tenants_2_force.js'],
  flyway: [
    'sql/V*__tenants_1_policies.sql',
    'sql/U*__tenants_1_policies.sql',
    'sql/V*__tenants_1_policies.sql.conf',
    'sql/U*__tenants_1_policies.sql.conf',
    'sql/V*__tenants_2_force.sql',
    'sql/U*__tenants_2_force.sql',
    'sql/V*__tenants_2_force.sql.conf',
    'sql/U*__tenants_2_force.sql.conf',
  ],
  supabase: [
    'supabase/migrations/*_tenants_1_policies.sql',
    'supabase/migrations/down/*_tenants_1_policies.sql',
    'supabase/migrations/*_tenants_2_force.sql',
    'supabase/migrations/down/*_tenants_2_force.sql',
  ],
  'graphile-migrate': [
    'migrations/committed/000001-tenants_1_policies.sql',
    'migrations/committed/000001-tenants_1_policies.down.sql',
    'migrations/committed/000002-tenants_2_force.sql',
    'migrations/committed/000002-tenants_2_force.down.sql',
  ],
}

/** A file of the tool, the numbers that follow it, and a sentence of the refusal. */
const EXISTING: Readonly<Record<OtherFormat, readonly [Record<string, string>, next: RegExp]>> = {
  prisma: [
    { 'prisma/migrations/29991231000000_init/migration.sql': 'select 1;' },
    /\/29991231000001_tenants_1_policies\/migration\.sql$/m,
  ],
  drizzle: [
    {
      'drizzle/meta/_journal.json':
        '{"version":"7","dialect":"postgresql","entries":[{"idx":6,"version":"7","when":1,"tag":"0006_a","breakpoints":true}]}',
    },
    /^drizzle\/0007_tenants_1_policies\.sql$/m,
  ],
  dbmate: [
    { 'db/migrations/29991231000000_a.sql': '-- migrate:up\n' },
    /\/29991231000001_tenants_1_policies\.sql$/m,
  ],
  'node-pg-migrate': [
    { 'migrations/0041_a.js': 'exports.up = (pgm) => pgm.sql("select 1")' },
    /\/0042_tenants_1_policies\.js$/m,
  ],
  flyway: [
    { 'sql/V1.9__a.sql': '', 'sql/V1.10__b.sql': '' },
    /^sql\/V1\.11__tenants_1_policies\.sql$/m,
  ],
  supabase: [
    { 'supabase/config.toml': '', 'supabase/migrations/29991231000000_a.sql': '' },
    /\/29991231000001_tenants_1_policies\.sql$/m,
  ],
  'graphile-migrate': [
    {
      'migrations/committed/000009-a.sql': '--! Previous: -\n--! Hash: sha1:abc\n\nselect 1;\n',
    },
    /\/000010-tenants_1_policies\.sql$/m,
  ],
}

const NAMES: Readonly<Record<OtherFormat, string>> = {
  prisma: 'Prisma',
  drizzle: 'Drizzle',
  dbmate: 'dbmate',
  'node-pg-migrate': 'node-pg-migrate',
  flyway: 'Flyway',
  supabase: 'Supabase',
  'graphile-migrate': 'graphile-migrate',
}

describe('the formats of other tools', () => {
  const { inProject } = useProjectsDatabase()

  for (const [format, files] of Object.entries(FILES)) {
    it(`${format} has its files in the folder of the tool, and says how to run them`, () =>
      inProject(async ({ run }) => {
        const { code, out, err } = await run('migrate:rls', '--format', format)
        expect({
          code,
          files: out
            .replaceAll(/\d{13,14}/g, '*')
            .trim()
            .split('\n'),
        }).to.deep.equal({
          code: 0,
          files,
        })
        expect(err).to.match(/^Review them, then run `(?:npx |flyway )/)
      }))

    const [existing, next] = EXISTING[format as OtherFormat]
    it(`${format} continues the names that are there`, () =>
      inProject(async ({ folder, run }) => {
        write(folder, existing)
        const { code, out } = await run('migrate:rls', '--format', format)
        expect(code).to.equal(0)
        expect(out).to.match(next)
      }))

    for (const other of ['sql', 'ts'].concat(format === 'dbmate' ? 'prisma' : 'dbmate')) {
      it(`${other} is refused in a folder of ${format}, and the right format is named`, () =>
        inProject(async ({ folder, run }) => {
          write(folder, existing)
          const migrations = dirname(
            Object.keys(existing).find((path) => !path.includes('config.toml')) ?? '',
          ).replace(/\/(?:meta|\d+_init)$/, '')
          const config = { connection: 'postgres://localhost/none', tables: ['projects'] }
          const before = readdirSync(join(folder, migrations))
          const text = { ...config, migrations: { folder: migrations, format: other } }
          write(folder, { 'other.json': JSON.stringify(text) })
          const url = await connectionOf(folder)
          const { code, out, err } = await run('migrate:rls', '-c', 'other.json', '--url', url)
          expect({ code, out }).to.deep.equal({ code: 2, out: '' })
          expect(err).to.include(
            `${migrations} holds migrations of ${NAMES[format as OtherFormat]} (`,
          )
          expect(err).to.include(
            `which does not run files of the format ${other}; nothing was written.`,
          )
          expect(err).to.include(`Pass \`--format ${format}\`, or set`)
          expect(readdirSync(join(folder, migrations))).to.deep.equal(before)
        }))
    }

    for (const command of ['migrate:latest', 'migrate:up', 'migrate:down', 'migrate:list']) {
      it(`${command} leaves ${format} to its tool`, () =>
        inProject(async ({ folder, run }) => {
          const url = await connectionOf(folder)
          const config = { connection: url, tables: ['projects'], migrations: { format } }
          write(folder, { 'other.json': JSON.stringify(config) })
          const { code, out, err } = await run(command, '-c', 'other.json')
          expect({ code, out }).to.deep.equal({ code: 2, out: '' })
          expect(err).to.include(
            `✖ The migrations of the config (migrations.format: '${format}') are written for ${NAMES[format as OtherFormat]}, not for Kysely; nothing was done.  MIGRATION.OTHER_TOOL\n  next `,
          )
        }))
    }
  }

  it('graphile-migrate goes on with the hash of the last file', () =>
    inProject(async ({ folder, run }) => {
      write(folder, EXISTING['graphile-migrate'][0])
      const { out } = await run('migrate:rls', '--format', 'graphile-migrate')
      const [first = '', , second = ''] = out.split('\n').map((path) => {
        return path === '' ? '' : readFileSync(join(folder, path), 'utf8')
      })
      const body = first.slice(first.indexOf('\n\n') + 2)
      const hash = createHash('sha1').update(`sha1:abc\n${body.trim()}\n`).digest('hex')
      expect(first).to.match(
        new RegExp(
          `^--! Previous: sha1:abc\n--! Hash: sha1:${hash}\n--! Message: tenants_1_policies\n\n`,
        ),
      )
      expect(second).to.match(new RegExp(`^--! Previous: sha1:${hash}\n`))
    }))

  it('drizzle keeps its journal when a file cannot be written', () =>
    inProject(async ({ folder, run }) => {
      const [journal] = EXISTING.drizzle
      write(folder, { ...journal, 'drizzle/meta/0007_snapshot.json': '{"id":"a","prevId":"b"}' })
      const { code, err } = await run('migrate:rls', '--format', 'drizzle')
      expect(code).to.equal(2)
      expect(err).to.include('drizzle/meta/0007_snapshot.json exists already; nothing was written.')
      expect(readFileSync(join(folder, 'drizzle/meta/_journal.json'), 'utf8')).to.equal(
        Object.values(journal)[0],
      )
      expect(readdirSync(join(folder, 'drizzle'))).to.deep.equal(['meta'])
    }))
})

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

async function connectionOf(folder: string): Promise<string> {
  return JSON.parse(readFileSync(join(folder, 'kysely-tenants.config.json'), 'utf8')).connection
}
