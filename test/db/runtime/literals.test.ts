import { expect } from 'chai'
import { literal } from '../../../src/sql/literal.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import { startFaultProxy } from '../../support/fault-proxy.ts'
import { STRATEGIES, strategyOptions } from '../../support/strategies.ts'
import { createWorld, openDb, type TenantWorld } from '../../support/tenants.ts'

const TENANT = String.raw`o'clock \' or true --`

describe('P8 no tenant id is concatenated', () => {
  let world: TenantWorld

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())

  for (const strategy of STRATEGIES) {
    const isLiteral = strategy === 'set-local'
    const place = isLiteral ? 'as a literal, for SET takes no parameters' : 'as a parameter alone'

    it(`${strategy} sends it ${place}`, async () => {
      const proxy = await startFaultProxy(world.appUrl)
      const app = openDb({ ...world, appUrl: proxy.url }, { dialect: strategyOptions(strategy) })
      const texts: string[] = []
      const values: string[] = []
      const record = (type: string, into: string[]) =>
        proxy.on({
          dir: 'F',
          type,
          match: /o'+clock/,
          once: false,
          action: (bytes) => {
            into.push(bytes.toString())
            return bytes
          },
        })
      record('PQ', texts)
      record('B', values)
      try {
        await app.tenancy.run(TENANT, () => tenantsSeen(app.db))
        await app.tenancy.run(TENANT, () => app.db.transaction().execute(tenantsSeen))
      } finally {
        await app[Symbol.asyncDispose]()
        await proxy.stop()
      }
      const unquoted = texts.filter((text) => !text.includes(literal(TENANT)))
      expect({ literals: texts.length > 0, unquoted, parameters: values.length > 0 }).to.deep.equal(
        { literals: isLiteral, unquoted: [], parameters: !isLiteral },
      )
    })
  }
})
