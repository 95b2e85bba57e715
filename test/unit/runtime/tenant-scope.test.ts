import { expect } from 'chai'
import { createTenancy, isTenancyError } from '../../../src/index.ts'

const UUID = '0b5ad6a2-1111-4abc-8def-0123456789ab'

describe('tenancy.run', () => {
  const tenancy = createTenancy({ tables: ['projects'] })
  const open = (input: unknown) => {
    try {
      return tenancy.run(input as string, () => tenancy.current())
    } catch (error) {
      return isTenancyError(error) ? error.code : error
    }
  }

  it('opens no scope without a tenant id', () => {
    const inherited = Object.create({ tenant: 'acme' })
    const inputs = [undefined, null, '', {}, [], ['acme'], { tenant: undefined }, { tenant: null }]
    const nested = [{ tenant: '' }, { tenant: {} }, { tenant: { tenant: 'acme' } }, inherited]
    for (const input of [...inputs, ...nested, JSON.parse('{ "__proto__": { "tenant": "acme" } }')])
      expect(open(input)).to.equal('TENANT.INVALID')
    expect(tenancy.current()).to.equal(undefined)
  })

  it('refuses a key that it does not know', () => {
    const misspelt = { tenant: 'acme', setting: { 'app.user_id': '42' } }
    expect(open(misspelt)).to.equal('SETTING.INVALID')
    expect(() => tenancy.run(misspelt, () => 1)).to.throw('no `setting`; did you mean settings?')
    expect(open({ tenant: 'acme', id: 1 })).to.equal('SETTING.INVALID')
  })

  it('opens a scope that cannot be changed', () => {
    const scope = open('acme')
    expect(scope).to.deep.equal({ kind: 'tenant', tenant: 'acme', settings: [] })
    expect(scope).to.satisfy(Object.isFrozen)
  })

  it('carries extra settings in the order of their names', () => {
    const settings = { 'app.user_id': '42', 'app.role': "o'brien", 'Ünïcode.x$1': '' }
    expect(open({ tenant: 'acme', settings })).to.deep.equal({
      kind: 'tenant',
      tenant: 'acme',
      settings: [
        ['app.role', "o'brien"],
        ['app.user_id', '42'],
        ['Ünïcode.x$1', ''],
      ],
    })
  })

  const BAD_NAMES = [
    'role',
    'row_security',
    'search_path',
    'session_authorization',
    '',
    '.',
    'app.',
    '.app',
    'app..user',
    'app.user-id',
    'app.user id',
    'app.1',
    '1.app',
    'app.user\0',
    'app.user\n',
    "app.'x",
    'app."x"',
    'app.tenant_id',
    'APP.Tenant_ID',
    '__proto__',
  ]
  for (const name of BAD_NAMES) {
    it(`refuses the extra setting ${JSON.stringify(name)}`, () => {
      const settings = Object.fromEntries([[name, 'x']])
      expect(open({ tenant: 'acme', settings })).to.equal('SETTING.INVALID')
    })
  }

  it('refuses an extra setting that holds no text', () => {
    for (const value of [undefined, null, 42, true, {}, ['x'], 'a\0b']) {
      const settings = { 'app.user_id': value }
      expect(open({ tenant: 'acme', settings })).to.equal('SETTING.INVALID')
    }
  })

  it('refuses the setting of the config as an extra one, in any case', () => {
    const other = createTenancy({ tenant: { setting: 'My.Tenant' }, tables: ['projects'] })
    const settings = { 'mY.tENANT': 'x' }
    expect(() => other.run({ tenant: 'acme', settings }, () => undefined)).to.throw(
      'carries the tenant',
    )
  })

  it('checks the id against the type of the config', () => {
    const uuids = createTenancy({ tenant: { type: 'uuid' }, tables: ['projects'] })
    expect(uuids.run(UUID.toUpperCase(), () => uuids.current()?.tenant)).to.equal(UUID)
    expect(() => uuids.run('acme', () => undefined)).to.throw('"acme" is no uuid')
  })
})
