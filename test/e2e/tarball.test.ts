import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { installTarball, packTarball } from '../support/tarball.ts'
import { TARBALL_APP } from '../support/tarball-app.ts'
import { compileSetups } from '../support/type-setups.ts'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const TSC = join(REPOSITORY, 'node_modules/typescript/bin/tsc')

const run = promisify(execFile)

describe('the packed tarball, in an empty project beside kysely, knex and pg', function () {
  this.timeout(120_000)
  let project = ''
  let packed: string[] = []

  before(async () => {
    const { tarball, files, remove } = await packTarball()
    packed = files
    project = await installTarball(tarball)
    remove()
  })

  after(() => rmSync(project, { recursive: true, force: true }))

  it('holds what it takes to run, and nothing else', () => {
    const top = new Set(packed.map((file) => file.split('/')[0]))
    expect([...top].sort()).to.deep.equal(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'SECURITY.md',
        'bin',
        'dist',
        'docs',
        'examples',
        'migrations-templates',
        'package.json',
        'report-assets',
        'schemas',
      ].sort(),
    )
    const dist = packed.filter((file) => file.startsWith('dist/'))
    expect(dist.filter((file) => !/\.(js|d\.ts)$/.test(file))).to.deep.equal([
      'dist/commonjs/package.json',
    ])
  })

  it('holds the pages that its pages lead to, but for those about work on the package itself', () => {
    const isAbsent = (path: string) => !packed.some((file) => `${file}/`.startsWith(`${path}/`))
    const absent = packed
      .filter((file) => file.endsWith('.md'))
      .flatMap((page) => {
        const text = readFileSync(join(project, 'node_modules/kysely-tenants', page), 'utf8')
        const links = text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)
        return [...links].map(([, path = '']) => join(dirname(page), path))
      })
      .filter(isAbsent)
      .filter((path) => !/^(CONTRIBUTING\.md$|bench\/|test\/)/.test(path))
    expect(absent).to.deep.equal([])
  })

  it('exports what is documented from each entry', async () => {
    expect(await exportsOf(project)).to.deep.equal({
      '.': [
        'TenancyError',
        'TenantDialect',
        'TenantPlugin',
        'createTenancy',
        'httpStatus',
        'isTenancyError',
      ],
      './audit': [
        'audit',
        'auditSnapshot',
        'compareSnapshots',
        'loadSnapshot',
        'saveSnapshot',
        'takeSnapshot',
      ],
      './audit-comparison.schema.json': ['default'],
      './audit-report.schema.json': ['default'],
      './config': ['defineConfig'],
      './config.schema.json': ['default'],
      './knex': [
        'TenancyError',
        'createTenancy',
        'forTenant',
        'httpStatus',
        'isTenancyError',
        'tenantClient',
      ],
      './package.json': ['default'],
      './snapshot.schema.json': ['default'],
    })
  })

  it('can be required from CommonJS', async () => {
    const code = `
      const names = ['kysely-tenants', 'kysely-tenants/config', 'kysely-tenants/audit', 'kysely-tenants/knex']
      const required = names.map((name) => Object.keys(require(name)).sort())
      Promise.all(names.map((name) => import(name))).then((imported) =>
        process.stdout.write(JSON.stringify(required.map((keys, index) =>
          keys.length > 0 && keys.every((key) => require(names[index])[key] === imported[index][key])))))`
    const { stdout, stderr } = await run('node', ['--input-type=commonjs', '-e', code], {
      cwd: project,
    })
    expect({ same: JSON.parse(stdout), stderr }).to.deep.equal({
      same: [true, true, true, true],
      stderr: '',
    })
  })

  it('type-checks under strict, declarations included', async () => {
    writeFileSync(join(project, 'app.ts'), TARBALL_APP)
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICT }))
    expect(await typeErrors(project)).to.equal('')
  })

  it('compiles in every set-up of TypeScript, with the types of kysely-codegen and prisma-kysely', async () => {
    const errors = await compileSetups(project)
    expect(errors).to.deep.equal({
      nodenext: '',
      bundler: '',
      commonjs: '',
      'commonjs with Kysely 0.28': '',
      'nodenext with Kysely 0.28': '',
      node10: '',
    })
  })

  it('answers to npx', async () => {
    const { stdout, stderr } = await run('npx', ['--no-install', 'kysely-tenants', '--help'], {
      cwd: project,
    })
    expect(stdout).to.match(/^Usage: kysely-tenants/)
    expect(stdout).to.include('migrate:rls').and.include('audit')
    expect(stderr.replaceAll(/^npm warn .*\n/gm, '')).to.equal('')
  })

  describe('P10 an app never loads the CLI', () => {
    const TOOLS =
      /^kysely-tenants\/dist\/(cli|catalog|checks|errors\/command|migration|policy|audit|wanted)\b/

    it('importing the runtime loads nothing but Kysely', async () => {
      const loaded = await loadedBy(project, [
        '--input-type=module',
        '-e',
        `import 'kysely-tenants'`,
      ])
      expect(packagesOf(loaded)).to.deep.equal(['kysely', 'kysely-tenants'])
      expect(loaded.filter((file) => TOOLS.test(file))).to.deep.equal([])
    })

    it('the help of the command loads nothing that only commands need', async () => {
      const loaded = await loadedBy(project, [BIN, '--help'])
      expect(packagesOf(loaded)).to.deep.equal([
        'chalk',
        'commander',
        'fast-string-truncated-width',
        'fast-string-width',
        'kysely-tenants',
      ])
    })

    // Proves that the lists above would show them.
    it('a command loads its tools, and not those of the others', async () => {
      const config = { connection: 'postgres://nobody@127.0.0.1:1/none', tables: ['projects'] }
      writeFileSync(join(project, 'kysely-tenants.config.json'), JSON.stringify(config))
      const loaded = await loadedBy(project, [BIN, 'status'], 2)
      expect(packagesOf(loaded)).to.include.members(['c12', 'chalk', 'commander', 'pg'])
      for (const other of ['kysely', '@clack/prompts', 'diff']) {
        expect(packagesOf(loaded)).to.not.include(other)
      }
      expect(loaded.filter((file) => TOOLS.test(file))).not.to.deep.equal([])
      expect(loaded.filter((file) => file.startsWith('kysely-tenants/dist/checks/'))).to.deep.equal(
        [],
      )
    })
  })
})

const BIN = 'node_modules/kysely-tenants/bin/kysely-tenants.js'

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  module: 'nodenext',
  target: 'es2023',
  types: ['node'],
}

async function exportsOf(project: string): Promise<Record<string, string[]>> {
  const manifest = join(project, 'node_modules/kysely-tenants/package.json')
  const entries = Object.keys(JSON.parse(readFileSync(manifest, 'utf8')).exports)
  const code = `
    const names = {}
    for (const entry of ${JSON.stringify(entries)}) {
      const path = 'kysely-tenants' + entry.slice(1)
      const json = entry.endsWith('.json') ? { with: { type: 'json' } } : {}
      names[entry] = Object.keys(await import(path, json)).sort()
    }
    process.stdout.write(JSON.stringify(names))`
  const { stdout } = await run('node', ['--no-warnings', '--input-type=module', '-e', code], {
    cwd: project,
  })
  return JSON.parse(stdout)
}

async function typeErrors(project: string): Promise<string> {
  const checked = run('node', [TSC, '-p', 'tsconfig.json'], { cwd: project })
  const { stdout } = await checked.catch((error: { stdout: string }) => error)
  return stdout
}

/** The files of packages that a run of Node evaluates, as V8 reports them. */
async function loadedBy(project: string, args: string[], exitCode = 0): Promise<string[]> {
  const folder = join(project, 'coverage')
  mkdirSync(folder)
  try {
    const options = { cwd: project, env: { ...process.env, NODE_V8_COVERAGE: folder } }
    const ended = run('node', args, options).then(
      () => 0,
      ({ code }: { code: number }) => code,
    )
    expect(await ended).to.equal(exitCode)
    return readdirSync(folder).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
      return result.flatMap(({ url }: { url: string }) => url.split('node_modules/').slice(1))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function packagesOf(files: string[]): string[] {
  const names = files.map((file) => file.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? file)
  return [...new Set(names)].sort()
}
