import { expect } from 'chai'
import type { IndexState } from '../../../src/catalog/index-state.ts'
import type { PolicyState } from '../../../src/catalog/policy-state.ts'
import type { RelationState } from '../../../src/catalog/relation-state.ts'
import type { Snapshot } from '../../../src/catalog/snapshot.ts'
import { isTenancyError } from '../../../src/errors/tenancy-error.ts'
import { FORMATS } from '../../../src/migration/format.ts'
import { plan } from '../../../src/migration/plan.ts'
import { renderMigration } from '../../../src/migration/render.ts'
import {
  POLICY_MARKER,
  type TenantPolicy,
  tenantPolicies,
} from '../../../src/policy/tenant-policies.ts'
import type { TenantTable } from '../../../src/policy/tenant-table.ts'
import type { Wanted } from '../../../src/wanted/wanted.ts'
import { plainColumn, plainRelation, plainSnapshot } from '../../support/plain-state.ts'

const [TYPESCRIPT] = FORMATS.ts.files

const TABLE: TenantTable = {
  schema: 'public',
  name: 'projects',
  column: 'tenant_id',
  type: 'uuid',
  isDomain: false,
  setting: 'app.tenant_id',
  appRoles: ['app'],
  adminRoles: ['admin'],
  shared: false,
  access: 'full',
  globalKeys: [],
}

const COLUMN = plainColumn('tenant_id', 'uuid')

const INDEX: IndexState = {
  name: 'by_tenant',
  columns: ['tenant_id', 'id'],
  keys: ['tenant_id', 'id'],
  method: 'btree',
  isUnique: false,
  isPrimary: false,
  isValid: true,
  predicate: null,
  constraint: null,
  isPartition: false,
  leakproof: [true, true],
  definition: '',
  constraintDefinition: null,
  isReplicaIdentity: false,
  extras: {
    comment: null,
    constraintComment: null,
    isClustered: false,
    statistics: [-1, -1],
    options: [],
    tablespace: null,
  },
  dependents: [],
}

describe('plan', () => {
  it('creates policies, sets the default, enables, and forces in a phase of its own', () => {
    expect(statements(TABLE, {})).to.deep.equal([
      'policies: create policy tenant_isolation',
      'policies: comment on policy tenant_isolation',
      'policies: create policy tenant_access',
      'policies: comment on policy tenant_access',
      'policies: create policy tenant_admin',
      'policies: comment on policy tenant_admin',
      'policies: alter table public.projects',
      'policies: alter table public.projects',
      'force: alter table public.projects',
    ])
  })

  it('plans no step for a table that is as it should be, in any order of the roles', () => {
    const table = { ...TABLE, appRoles: ['b', 'a'] }
    const policies = inPlace(table).map((policy) => ({
      ...policy,
      roles: policy.roles.toSorted(),
    }))
    expect(statements(table, { ...DONE, policies })).to.deep.equal([])
  })

  it('closes before it opens when a table becomes shared', () => {
    const policies = inPlace(TABLE)
    expect(statements({ ...TABLE, shared: true }, { ...DONE, policies })).to.deep.equal([
      'policies: create policy tenant_isolation_insert',
      'policies: comment on policy tenant_isolation_insert',
      'policies: create policy tenant_isolation_update',
      'policies: comment on policy tenant_isolation_update',
      'policies: create policy tenant_isolation_delete',
      'policies: comment on policy tenant_isolation_delete',
      'policies: create policy tenant_isolation_new',
      'policies: comment on policy tenant_isolation_new',
      'policies: drop policy tenant_isolation',
      'policies: alter policy tenant_isolation_new',
      'policies: create policy tenant_shared',
      'policies: comment on policy tenant_shared',
    ])
  })

  it('closes before it opens when a table is shared no longer', () => {
    const policies = inPlace({ ...TABLE, shared: true })
    expect(statements(TABLE, { ...DONE, policies })).to.deep.equal([
      'policies: drop policy tenant_shared',
      'policies: create policy tenant_isolation_new',
      'policies: comment on policy tenant_isolation_new',
      'policies: drop policy tenant_isolation',
      'policies: alter policy tenant_isolation_new',
      'policies: drop policy tenant_isolation_insert',
      'policies: drop policy tenant_isolation_update',
      'policies: drop policy tenant_isolation_delete',
    ])
  })

  it('leaves a column alone that makes ids of its own', () => {
    const policies = inPlace(TABLE)
    const index: IndexState = {
      ...INDEX,
      name: 'pk',
      columns: ['tenant_id'],
      keys: ['tenant_id'],
      isUnique: true,
      isPrimary: true,
      constraint: 'pk',
    }
    const makes = { ...COLUMN, default: 'gen_random_uuid()' }
    const identity = { ...COLUMN, isIdentity: true }
    const count = (relation: Partial<RelationState>) =>
      statements(TABLE, { ...DONE, policies, ...relation }).length

    expect(count({ columns: [makes], indexes: [index] })).to.equal(0)
    expect(count({ columns: [identity] })).to.equal(0)
    expect(count({ columns: [makes] })).to.equal(1)
    expect(count({ columns: [COLUMN], indexes: [index] })).to.equal(1)
  })

  it('names every table without its column, and plans nothing for the others', () => {
    const withoutColumn = [
      { schema: 'public', name: 'a', column: 'tenant_id' },
      { schema: 'billing', name: 'b', column: 'Org' },
    ]
    const error = failure(() => plan({ ...wanted(TABLE), withoutColumn }, snapshot({})))
    expect(error).to.have.property('code', 'MIGRATION.NO_COLUMN')
    expect(error).to.have.property(
      'message',
      [
        'These tables have no tenant column, and where it would come from is not known; nothing was written.',
        '  public.a has no column tenant_id',
        '  billing.b has no column "Org"',
      ].join('\n'),
    )
  })

  it('keeps what is not code out of the code', () => {
    const [phase] = plan(
      wanted({ ...TABLE, name: 'a\nb', setting: 'app.`x' }),
      snapshot({ name: 'a\nb', columns: [{ ...COLUMN, default: "'\u2028\r\n//'" }] }),
    )
    const text = phase
      ? renderMigration('/* summary */\n/* up */\n/* down */\n', phase, TYPESCRIPT)
      : ''
    expect(text).to.include('//   public."a b" (access exclusive): ')
    expect(text).to.include("Hazard: Replaces the default ' //'.\n")
    expect(text).to.include("set default '\u2028\\r\\n//'`,\n")
    expect(text).to.include("'app.\\`x'")
  })
})

const DONE: Partial<RelationState> = {
  rlsEnabled: true,
  rlsForced: true,
  columns: [
    {
      ...COLUMN,
      default: "(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid",
    },
  ],
}

function statements(table: TenantTable, relation: Partial<RelationState>): string[] {
  return plan(wanted(table), snapshot(relation)).flatMap(({ name, steps }) =>
    steps.map(({ up }) => {
      const words = up.startsWith('comment') ? 4 : 3
      return `${name}: ${up.split(/\s/, words).join(' ')}`
    }),
  )
}

function inPlace(table: TenantTable): PolicyState[] {
  return tenantPolicies(table).map(({ why, using, check, ...policy }: TenantPolicy) => ({
    ...policy,
    using: using?.deparsed ?? null,
    check: check?.deparsed ?? null,
    usingColumns: [],
    checkColumns: [],
    functions: [],
    relations: [],
    comment: POLICY_MARKER,
  }))
}

function wanted(table: TenantTable): Wanted {
  const { setting, appRoles, adminRoles } = table
  return {
    setting,
    column: table.column,
    appRoles,
    adminRoles,
    ownerRoles: [],
    schemas: ['public'],
    tables: [table],
    withoutColumn: [],
    mistyped: [],
    fills: [],
    lookups: [],
    parts: [],
    global: [],
  }
}

function snapshot(relation: Partial<RelationState>): Snapshot {
  const state = { columns: [COLUMN], indexes: [INDEX], ...relation }
  return plainSnapshot({ relations: [plainRelation('projects', state)] })
}

function failure(body: () => unknown): unknown {
  try {
    body()
  } catch (error) {
    if (isTenancyError(error)) return error
  }
  return undefined
}
