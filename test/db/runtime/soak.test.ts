import { expect } from 'chai'
import { CALM } from '../../soak/operation.ts'
import { type SoakOptions, type SoakReport, soak } from '../../soak/soak.ts'
import { createSoakWorld, type SoakWorld } from '../../soak/soak-world.ts'
import { NAIVE } from '../../soak/subject.ts'
import { createDatabase, withClient } from '../../support/postgres.ts'
import { STRATEGIES } from '../../support/strategies.ts'

// The short form of `npm run soak`, shortest where `local`, the default, has shown the same; a seed that failed there can be run here.
const SEED = 42
const STATEMENTS = 3000
const SOME_STATEMENTS = 1200

describe('P2, P3 soak: a thousand tenants on one pool, and everything that goes wrong', function () {
  this.timeout(120_000)

  for (const strategy of STRATEGIES) {
    it(`${strategy}: no foreign row, no lost client, nothing left behind`, async () => {
      const wanted = strategy === 'local' ? STATEMENTS : SOME_STATEMENTS
      const { findings, details, statements } = await run({
        subject: strategy,
        statements: wanted,
      })
      expect({ findings, details }).to.deep.equal({ findings: {}, details: [] })
      expect(statements).to.be.at.least(wanted)
    })
  }

  for (const naive of NAIVE) {
    it(`sees the leaks of the ${naive} driver, with the same operations`, async () => {
      const { findings } = await run({ subject: naive, statements: SOME_STATEMENTS })
      expect(findings['foreign row read']).to.be.at.least(1)
      expect(findings['client left dirty']).to.be.at.least(1)
    })

    it(`sees none where nothing goes wrong, not even of the ${naive} driver`, async () => {
      expect((await run({ subject: naive, mix: CALM, statements: 500 })).findings).to.deep.equal({})
    })
  }

  it('sees a row that stands under another tenant, when it is read and at the end', async () => {
    const options = { subject: 'local', mix: CALM, statements: 500, tenants: 8 } as const
    const { findings } = await run(options, ({ url }) =>
      withClient(url, (admin) =>
        admin.query(`insert into projects (id, tenant_id, meant_for) values (999, 't1', 't2')`),
      ),
    )
    expect(findings).to.have.all.keys('foreign row read', 'foreign row written')
    expect(findings['foreign row written']).to.equal(1)
  })
})

async function run(
  {
    tenants = 1000,
    ...options
  }: Partial<SoakOptions> & { subject: SoakOptions['subject']; tenants?: number },
  prepare?: (world: SoakWorld) => Promise<unknown>,
): Promise<SoakReport> {
  const database = await createDatabase()
  try {
    const world = await createSoakWorld(database.url, tenants)
    await prepare?.(world)
    return await soak(world, { seed: SEED, statements: STATEMENTS, ...options })
  } finally {
    await database.drop()
  }
}
