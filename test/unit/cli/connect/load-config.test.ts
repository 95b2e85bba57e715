import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadConfig } from '../../../../src/cli/connect/load-config.ts'
import { parseConfig } from '../../../../src/config/parse-config.ts'
import { FULL } from '../../../support/config-cases/right-configs.ts'

describe('loadConfig', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-'))
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  it('reads JSON that names its schema for the editor', async () => {
    const path = join(folder, 'kysely-tenants.config.json')
    writeFileSync(path, JSON.stringify(FULL))

    const loaded = await loadConfig(folder)
    expect(loaded.path).to.equal(path)
    expect(loaded.config).to.deep.equal(parseConfig(FULL))
  })
})
