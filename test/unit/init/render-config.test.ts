import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { parseConfig } from '../../../src/config/parse-config.ts'
import type { Proposal } from '../../../src/init/proposal.ts'
import { proposedConfig } from '../../../src/init/proposed-config.ts'
import { renderConfig, type Surroundings } from '../../../src/init/render-config.ts'
import { formatTableName } from '../../../src/sql/table-name.ts'
import { installPackages } from '../../support/config-package.ts'
import { withProject } from '../../support/run-cli.ts'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const BIOME = join(REPOSITORY, 'node_modules/@biomejs/biome/bin/biome')

const ALONE: Surroundings = { kyselyConfig: undefined, folder: undefined }

const TABLE = {
  name: 'notes',
  column: 'tenant_id',
  nullable: false,
  shared: false,
  adoption: undefined,
}

const PLAIN: Proposal = {
  database: 'crm',
  serverVersion: 180004,
  owners: ['crm_owner'],
  currentUser: 'crm_owner',
  column: 'tenant_id',
  type: 'uuid',
  tenantsTable: undefined,
  schemas: ['public'],
  roles: { app: ['crm_app'], admin: [], others: [], warnings: [] },
  tables: [TABLE],
  undecided: [],
  global: [],
  citus: false,
}

const ODD = [
  'it\'s "odd"',
  '0',
  'a-b',
  'Größe',
  'class',
  'line\nbreak\u2028',
  'back\\slash',
  '*/ //',
]
const label = (name: string) => formatTableName({ schema: undefined, name })
const LONG = Array.from({ length: 9 }, (_, index) => `${'long_name_'.repeat(5)}${index}`)

const CASES: Readonly<Record<string, Proposal>> = {
  'a plain database': PLAIN,
  'no login of the application': { ...PLAIN, roles: { ...PLAIN.roles, app: [] } },
  'several logins, and warnings': {
    ...PLAIN,
    roles: {
      app: ['crm_app', 'crm_jobs'],
      admin: ['crm_admin'],
      others: LONG,
      warnings: ['Row security does not bind crm_app: it is a superuser.'],
    },
  },
  'several owners, several types, Citus': {
    ...PLAIN,
    owners: LONG,
    type: undefined,
    citus: true,
  },
  'odd names': {
    ...PLAIN,
    database: 'odd\nname',
    column: ODD[0] ?? '',
    global: ODD.map(label),
    schemas: ODD,
    tables: ODD.map((name) => ({ ...TABLE, name: label(`t ${name}`), column: name })),
    undecided: ODD.map((name) => ({ name, reason: `${name} may be NULL` })),
  },
  'long names': {
    ...PLAIN,
    global: LONG.map((name) => `${name}_2`),
    schemas: LONG,
    tenantsTable: 'tenants',
    tables: LONG.map((name) => ({
      ...TABLE,
      name,
      column: `${name}_id`,
      nullable: true,
      shared: true,
      adoption: { parent: `${name}_parent`, alternatives: LONG },
    })),
  },
}

describe('the text of a proposed config', () => {
  for (const [name, proposal] of Object.entries(CASES)) {
    it(`says what is proposed, and is formatted: ${name}`, async () => {
      const text = renderConfig(proposal, { ...ALONE, folder: 'db/migrations' })
      const { connection, ...exported } = await evaluate(text)
      expect(connection).to.equal('postgres://localhost/crm')
      const proposed = proposedConfig(proposal)
      const migrations = { folder: 'db/migrations', ...proposed.migrations }
      expect(parseConfig(exported)).to.deep.equal(parseConfig({ ...proposed, migrations }))
      expect(formatted(text)).to.equal(text)
    })
  }

  it('leaves to kysely.config what that gives', () => {
    const kyselyConfig = { name: '.config/kysely.config.ts', connects: true, folder: true }
    const text = renderConfig(PLAIN, { ...ALONE, kyselyConfig })
    expect(text).not.to.match(/^ +connection:/m)
    expect(text).to.include("\n  migrations: { with: ['foreign-keys', 'views'] },\n")
    expect(text.match(/.*kysely\.config.*/g)).to.deep.equal([
      '  // The commands connect as .config/kysely.config.ts does; that must be crm_owner, who owns the',
      '  // The folder of the migrations is the one of .config/kysely.config.ts.',
    ])
    const silent = renderConfig(PLAIN, {
      ...ALONE,
      kyselyConfig: { ...kyselyConfig, connects: false, folder: false },
    })
    expect(silent).to.equal(renderConfig(PLAIN, ALONE))
  })
})

/** The export of the file, while DATABASE_URL is set. */
function evaluate(text: string): Promise<{ readonly connection?: unknown }> {
  return withProject(undefined, async ({ folder }) => {
    installPackages(folder)
    const path = join(folder, 'kysely-tenants.config.ts')
    writeFileSync(path, text)
    process.env.DATABASE_URL = 'postgres://localhost/crm'
    try {
      return (await import(path)).default
    } finally {
      delete process.env.DATABASE_URL
    }
  })
}

function formatted(text: string): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [BIOME, 'format', '--stdin-file-path=src/kysely-tenants.config.ts'],
    { cwd: REPOSITORY, input: text, encoding: 'utf8' },
  )
  expect(status, stderr).to.equal(0)
  return stdout
}
