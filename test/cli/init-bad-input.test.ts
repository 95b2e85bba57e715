import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { FILE, inProject, readConfig, useInitDatabase } from '../support/init-database.ts'

describe('init: input that it refuses', () => {
  const database = useInitDatabase()

  describe('a config that is there', () => {
    for (const file of [FILE, 'kysely-tenants.config.mjs']) {
      it(`${file} is never overwritten`, () =>
        inProject(async (project) => {
          writeFileSync(join(project.folder, file), 'mine')
          expect(
            await project.run('init', '--url', database.owner, ...database.roles()),
          ).to.deep.equal({
            code: 2,
            out: '',
            err: `✖ <folder>/${file} exists already; nothing was written.  CONFIG.FILE_EXISTS
  next Overwrite it with \`--force\`, see what would be written with \`--dry-run\`, or move it away.
`,
          })
          expect(readFileSync(join(project.folder, file), 'utf8')).to.equal('mine')
        }))
    }

    it('is with --force, and not before the database was read', () =>
      inProject(async (project) => {
        writeFileSync(join(project.folder, FILE), 'mine')
        const failed = await project.run('init', '--force', '--url', database.owner)
        expect({ code: failed.code, file: readConfig(project) }).to.deep.equal({
          code: 2,
          file: 'mine',
        })
        const { code } = await project.run(
          'init',
          '--force',
          '--url',
          database.owner,
          ...database.roles(),
        )
        expect(code).to.equal(0)
        expect(readConfig(project)).to.match(/^\/\/ Proposed by/)
      }))

    it('does not stand in the way of one at another path', () =>
      inProject(async ({ folder, run }) => {
        writeFileSync(join(folder, FILE), 'mine')
        mkdirSync(join(folder, 'db'))
        const { code, out } = await run(
          'init',
          '-c',
          'db/tenants.mjs',
          '--url',
          database.owner,
          ...database.roles(),
        )
        expect({ code, out }).to.deep.equal({ code: 0, out: 'db/tenants.mjs\n' })
        expect(
          await run('status', '-c', 'db/tenants.mjs', '--url', database.owner),
        ).to.deep.include({
          code: 1,
          err: '',
        })
      }))
  })

  describe('bad input', () => {
    it('names the flag for what the catalog does not say', () =>
      inProject(async ({ folder, run }) => {
        const { code, out, err } = await run('init', '--url', database.owner)
        expect({ code, out, err: database.told(err) }).to.deep.equal({
          code: 2,
          out: '',
          err: `✖ The catalog does not say: Which login does the application use? Nothing was written.  INIT.AMBIGUOUS
  crm_user  may change 7 of 7 tenant tables
  crm_admin  may change 7 of 7 tenant tables
  next Choose with \`--app-role\`.
`,
        })
        expect(readdirSync(folder)).not.to.include(FILE)
      }))

    it('asks for a database when nobody names one', () =>
      inProject(async ({ run }) => {
        expect(await run('init')).to.deep.equal({
          code: 2,
          out: '',
          err: `✖ The database could not be reached: neither --url nor DATABASE_URL names one; nothing was done.  DATABASE.UNREACHABLE
  next Set \`connection\` in the config, or DATABASE_URL where the config or \`init\` reads it, or pass \`--url postgres://user:password@host:5432/database\`.
`,
        })
      }))

    it('takes no file that could not hold it', () =>
      inProject(async ({ run }) => {
        expect(await run('init', '--config', 'tenants.json')).to.deep.equal({
          code: 2,
          out: '',
          err: "✖ option '-c, --config <path>' argument 'tenants.json' is invalid. It is written as .ts, .mts, .js or .mjs.\n  next See `kysely-tenants init --help`.\n",
        })
      }))

    it('says what cannot be written, and leaves nothing behind', () =>
      inProject(async ({ folder, run }) => {
        const { code, out, err } = await run(
          'init',
          '-c',
          'no/such.ts',
          '--url',
          database.owner,
          ...database.roles(),
        )
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.include('✖ The config file <folder>/no/such.ts cannot be written: ENOENT')
        expect(err).to.include('nothing was written.  CONFIG.NOT_WRITABLE')
        expect(readdirSync(folder).toSorted()).to.deep.equal(['node_modules', 'package.json'])
      }))
  })
})
