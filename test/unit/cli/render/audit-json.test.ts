import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect } from 'chai'
import { renderJson } from '../../../../src/cli/render/json.ts'
import { REPORT, REPORTS } from '../../../support/audit-reports.ts'

describe('audit --format json', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../../schemas/audit-report.schema.json', import.meta.url), 'utf8'),
  )

  for (const [what, report] of Object.entries(REPORTS)) {
    it(`is as its schema says ${what}, and has no field that it does not know`, () => {
      const validate = new Ajv().compile(closed(schema))
      validate(JSON.parse(renderJson(report)))
      expect(validate.errors ?? []).to.deep.equal([])
    })
  }

  it('would not be valid with another version', () => {
    const validate = new Ajv().compile(schema)
    expect(validate({ ...JSON.parse(renderJson(REPORT)), version: 2 })).to.equal(false)
  })
})

/** The same schema, which allows no property that it does not name. */
function closed(schema: unknown): object {
  const text = JSON.stringify(schema, (_, value) =>
    value?.type === 'object' ? { ...value, additionalProperties: false } : value,
  )
  return JSON.parse(text)
}
