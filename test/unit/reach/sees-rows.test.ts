import { expect } from 'chai'
import type { PolicyState } from '../../../src/catalog/policy-state.ts'
import type { RoleState } from '../../../src/catalog/role-state.ts'
import type { RoleGraph } from '../../../src/reach/role-graph.ts'
import { type RowCommand, type SecuredRelation, seesRows } from '../../../src/reach/sees-rows.ts'

const OWN_TEXT = `(tenant = current_setting('app.tenant_id'::text, true))`
const OWN = { texts: [OWN_TEXT], columns: ['tenant'], setting: 'app.tenant_id' }

/** `u1` inherits `g1`, and `u2` inherits `g1` and `g2`; `heir` inherits `owner`. */
const INHERITED: Readonly<Record<string, readonly string[]>> = {
  u1: ['u1', 'g1'],
  u2: ['u2', 'g1', 'g2'],
  heir: ['heir', 'owner'],
}

const GRAPH: RoleGraph = {
  serverVersion: 180000,
  names: [],
  find: (name) =>
    ({ name, superuser: name === 'super', bypassRls: name === 'bypass' }) as RoleState,
  inherited: (name) => new Set(INHERITED[name] ?? [name]),
  grantsTo: () => [],
}

function policy(name: string, using: string | null, more: Partial<PolicyState> = {}): PolicyState {
  return {
    name,
    permissive: true,
    command: 'all',
    roles: [],
    using,
    check: null,
    usingColumns:
      using?.includes('tenant') || using?.includes('user_id') ? ['tenant', 'user_id'] : [],
    checkColumns: [],
    ...more,
  } as PolicyState
}

const FORCED: SecuredRelation = {
  owner: 'owner',
  rlsEnabled: true,
  rlsForced: true,
  policies: [policy('own', OWN_TEXT, { roles: ['g1'] }), policy('open', 'true', { roles: ['g2'] })],
}

interface Case {
  readonly role: string
  readonly relation?: Partial<SecuredRelation>
  readonly command?: RowCommand
  readonly force?: boolean
  readonly user?: string
  readonly sees: string
}

const CASES: Readonly<Record<string, Case>> = {
  'a superuser': { role: 'super', sees: 'all by superuser' },
  'BYPASSRLS, which is of the role alone': { role: 'bypass', sees: 'all by bypassrls' },
  'a table without row security': {
    role: 'u1',
    relation: { rlsEnabled: false },
    sees: 'all by no row security',
  },
  'the owner under FORCE, who has no policy': { role: 'owner', sees: 'none by policies' },
  'the owner without FORCE': {
    role: 'owner',
    relation: { rlsForced: false },
    sees: 'all by owner',
  },
  'a role that inherits the owner, without FORCE': {
    role: 'heir',
    relation: { rlsForced: false },
    sees: 'all by owner',
  },
  'the owner in an action of a foreign key': { role: 'owner', force: false, sees: 'all by owner' },
  'another role in an action of a foreign key': {
    role: 'u1',
    force: false,
    sees: 'held by policy',
  },
  'the policy of a role that it inherits': { role: 'u1', sees: 'held by policy' },
  'two roles, one of them with an open policy': { role: 'u2', sees: 'all by policy' },
  'an open policy above a restrictive one': {
    role: 'u2',
    relation: {
      policies: [
        ...FORCED.policies,
        policy('floor', OWN_TEXT, { permissive: false, roles: ['g1'] }),
      ],
    },
    sees: 'held by policy',
  },
  'a role of its own, past the restrictive policy of another': {
    role: 'g2',
    relation: {
      policies: [
        ...FORCED.policies,
        policy('floor', OWN_TEXT, { permissive: false, roles: ['g1'] }),
      ],
    },
    sees: 'all by policy',
  },
  'a restrictive policy alone': {
    role: 'u1',
    relation: { policies: [policy('floor', 'true', { permissive: false })] },
    sees: 'none by policies',
  },
  'a policy of another command': {
    role: 'g2',
    command: 'delete',
    relation: { policies: [policy('open', 'true', { command: 'select' })] },
    sees: 'none by policies',
  },
  'an insert, which WITH CHECK decides': {
    role: 'u1',
    command: 'insert',
    relation: { policies: [policy('own', OWN_TEXT, { check: 'true' })] },
    sees: 'all by policy',
  },
  'a boundary of another kind': {
    role: 'u1',
    relation: { policies: [policy('mine', `(user_id = current_setting('app.user'::text))`)] },
    sees: 'unknown by policy, a boundary',
  },
  'a switch that a function is': {
    role: 'u1',
    relation: { policies: [policy('staff', 'public.is_staff()')] },
    sees: 'unknown by policy',
  },
  'current_user in a policy, which is the role': {
    role: 'g2',
    relation: { policies: [policy('mine', `(CURRENT_USER = 'g2'::name)`)] },
    sees: 'all by policy',
  },
  'current_user in a policy under a view, which is the caller': {
    role: 'g2',
    user: 'u1',
    relation: { policies: [policy('mine', `(CURRENT_USER = 'g2'::name)`)] },
    sees: 'none by policy',
  },
}

describe('seesRows', () => {
  for (const [title, given] of Object.entries(CASES)) {
    const { role, relation, command = 'select', force = true, user = role, sees } = given
    it(`says "${sees}" for ${title}`, () => {
      const secured = { ...FORCED, ...relation }
      const sight = seesRows(GRAPH, role, { relation: secured, command }, { force, own: OWN, user })
      const kind = sight.isBoundary ? ', a boundary' : ''
      expect(`${sight.verdict} by ${sight.by}${kind}`).to.equal(sees)
    })
  }
})
