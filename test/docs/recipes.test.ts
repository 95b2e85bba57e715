import { expect } from 'chai'
import { audit } from '../../src/audit/audit.ts'
import { fileOf } from '../support/page-blocks.ts'
import { withClient } from '../support/postgres.ts'
import { rowCases } from '../support/recipe-cases/row-cases.ts'
import { workCases } from '../support/recipe-cases/work-cases.ts'
import { createRecipeWorld, type RecipeWorld } from '../support/recipe-world.ts'

describe('docs/recipes.md', () => {
  let world: RecipeWorld
  before(async () => {
    world = await createRecipeWorld()
  })
  after(() => world.drop())

  it('shows a database in which the audit finds a key that may span all tenants, and no more', async () => {
    const { findings } = await withClient(world.url, (client) =>
      audit(client, { ...world.config, audit: { levels: { 'server-rls-cve': 'off' } } }),
    )
    expect(findings.map(({ check, object, level }) => [check, object, level])).to.deep.equal([
      ['unique-without-tenant', 'public.api_keys', 'low'],
    ])
  })

  it('gives with each block what it says', async () => {
    const cases = { ...workCases(world), ...rowCases(world) }
    expect(Object.keys(cases).map(fileOf)).to.deep.equal([...world.modules.keys()])
    for (const [heading, recipe] of Object.entries(cases)) {
      const [given, expected] = await recipe(world.modules.get(fileOf(heading)) ?? {})
      expect(given, heading).to.deep.equal(expected)
    }
  })
})
