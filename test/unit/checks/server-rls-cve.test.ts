import { expect } from 'chai'
import { serverRlsCve } from '../../../src/checks/server-rls-cve.ts'
import type { Wanted } from '../../../src/wanted/wanted.ts'
import { plainSnapshot } from '../../support/plain-state.ts'

// SQL cannot make a server older, as the test of the other checks does with what they find.
describe('server-rls-cve', () => {
  it('names the holes of an old release, and the release without them', () => {
    expect(judge(180006)).to.deep.equal([
      {
        check: 'server-rls-cve',
        level: 'high',
        object: 'server 18.6',
        summary: 'It has CVE-2026-120154, CVE-2026-116311, CVE-2026-116327, CVE-2026-16237.',
        fix: '-- Update the server to 18.7 or later.',
        fingerprint: judge(180006)[0]?.fingerprint,
      },
    ])
  })

  it('finds nothing on the latest minor releases, nor on a major one that came later', () => {
    const versions = [140025, 150020, 160016, 170012, 180007, 190000]
    expect(versions.flatMap(judge)).to.deep.equal([])
  })

  it('asks for the release that closes all of them', () => {
    expect(judge(150002).map(({ fix }) => fix)).to.deep.equal([
      '-- Update the server to 15.20 or later.',
    ])
  })
})

function judge(serverVersion: number) {
  const wanted: Wanted = {
    setting: 'app.tenant_id',
    column: 'tenant_id',
    appRoles: [],
    adminRoles: [],
    ownerRoles: [],
    schemas: [],
    tables: [],
    withoutColumn: [],
    mistyped: [],
    fills: [],
    lookups: [],
    parts: [],
    global: [],
  }
  return serverRlsCve.detect({ snapshot: plainSnapshot({ serverVersion }), wanted })
}
