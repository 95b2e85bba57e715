import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { snapshotSchema } from '../../../docs/snapshot-schema.ts'

describe('snapshot.schema.json', () => {
  it('is written from the type of the file: `npm run docs`', () => {
    const url = new URL('../../../schemas/snapshot.schema.json', import.meta.url)
    expect(JSON.parse(readFileSync(url, 'utf8'))).to.deep.equal(snapshotSchema())
  }).timeout(60_000)
})
