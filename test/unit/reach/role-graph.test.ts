import { expect } from 'chai'
import type { RoleGrant } from '../../../src/catalog/reach/reach-facts.ts'
import type { RoleState } from '../../../src/catalog/role-state.ts'
import type { Snapshot } from '../../../src/catalog/snapshot.ts'
import { become } from '../../../src/reach/become.ts'
import { roleGraphOf } from '../../../src/reach/role-graph.ts'

const grant = (member: string, role: string, more: Partial<RoleGrant> = {}): RoleGrant => ({
  member,
  role,
  admin: false,
  inherits: true,
  canSet: true,
  grantors: [],
  ...more,
})

/** A snapshot of roles alone, all of which have a privilege. */
function graphOf(
  roleGrants: readonly RoleGrant[],
  { serverVersion = 180000, creator = '' }: { serverVersion?: number; creator?: string } = {},
) {
  const names = [...new Set(roleGrants.flatMap(({ member, role }) => [member, role]))]
  const roles = names.map((name) => ({ name, createRole: name === creator }) as RoleState)
  const securedObjects = names.map((name) => ({ kind: 'schema', name, owner: name, grants: [] }))
  return roleGraphOf({
    serverVersion,
    roles,
    securedObjects,
    relations: [],
    functions: [],
    defaultGrants: [],
    reach: {
      roleGrants,
      relations: [],
      functions: [],
      largeObjects: [],
      catalogGrants: [],
      userMappings: [],
    },
  } as unknown as Snapshot)
}

const NEITHER = { inherits: false, canSet: false }

describe('become', () => {
  it('goes on where every hop may be set', () => {
    const graph = graphOf([grant('app', 'a'), grant('a', 'b'), grant('b', 'c', { canSet: false })])
    expect([...become('app', graph).keys()]).to.deep.equal(['app', 'a', 'b'])
  })

  it('counts ADMIN OPTION where it is inherited from 16 on, before that through every membership', () => {
    const grants = [grant('app', 'a', NEITHER), grant('a', 'b', { ...NEITHER, admin: true })]
    expect([...become('app', graphOf(grants)).keys()]).to.deep.equal(['app'])
    expect([...become('app', graphOf(grants, { serverVersion: 150000 })).keys()]).to.deep.equal([
      'app',
      'a',
      'b',
    ])
    const inherited = [grant('app', 'a', { canSet: false }), grants[1] ?? grant('a', 'b')]
    expect([...become('app', graphOf(inherited)).keys()]).to.deep.equal(['app', 'b'])
  })

  it('counts CREATEROLE before 16 alone', () => {
    const grants = [grant('app', 'a', NEITHER), grant('x', 'y')]
    const all = (serverVersion: number) => [
      ...become('app', graphOf(grants, { serverVersion, creator: 'app' })).keys(),
    ]
    expect(all(150000)).to.deep.equal(['app', 'a', 'x', 'y'])
    expect(all(160000)).to.deep.equal(['app'])
  })

  it('ends in circles, which a file may hold', () => {
    const graph = graphOf([grant('app', 'a'), grant('a', 'b'), grant('b', 'app'), grant('b', 'b')])
    expect([...become('app', graph).keys()]).to.deep.equal(['app', 'a', 'b'])
    expect([...graph.inherited('app')].sort()).to.deep.equal(['a', 'app', 'b'])
    expect([...graph.inherited('b')].sort()).to.deep.equal(['a', 'app', 'b'])
  })

  it('takes 10,000 roles in one chain in bounded time', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => grant(`r${i}`, `r${i + 1}`, NEITHER))
    const graph = graphOf([...chain, grant('app', 'r0'), grant('r9999', 'top')])
    const started = process.cpuUsage()
    expect([...become('app', graph).keys()]).to.deep.equal(['app', 'r0'])
    expect(become('r9999', graph).size).to.equal(2)
    expect(process.cpuUsage(started).user).to.be.lessThan(2_000_000)
  })
})
