import { expect } from 'chai'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { isTenancyError } from '../../../src/errors/tenancy-error.ts'
import { createTenancy } from '../../../src/index.ts'
import { FULL, RIGHT_CONFIGS } from '../../support/config-cases/right-configs.ts'
import { WRONG_CONFIGS } from '../../support/config-cases/wrong-configs.ts'

describe('the runtime and the command, given the same config', () => {
  for (const { title, input } of RIGHT_CONFIGS) {
    it(`both accept ${title}`, () => {
      const { setting, type } = parseConfig(input)
      expect(tenancyOf(input).config).to.include({ setting, type })
    })
  }

  for (const { title, input, problems } of WRONG_CONFIGS) {
    it(`both refuse ${title}, with the same text`, () => {
      const refusal = refusalOf(() => tenancyOf(input))
      expect(refusal).to.deep.equal(refusalOf(() => parseConfig(input)))
      expect(refusal).to.deep.equal({
        code: 'CONFIG.INVALID',
        message: ['The config is not valid; nothing was done.', ...problems].join('\n  '),
        hint: 'Each line above names the key and what it expects.',
      })
    })
  }
})

describe('the config of a tenancy', () => {
  it('is the part that the runtime reads, with every default', () => {
    expect(createTenancy({ tables: ['projects', 'billing.invoices'] }).config).to.deep.equal({
      setting: 'app.tenant_id',
      type: undefined,
      adminRoles: [],
      tables: [
        {
          schemas: ['public'],
          name: 'projects',
          column: 'tenant_id',
          shared: false,
          access: 'full',
        },
        {
          schemas: ['billing'],
          name: 'invoices',
          column: 'tenant_id',
          shared: false,
          access: 'full',
        },
      ],
      lookups: [],
    })
  })

  it('follows every key that it reads', () => {
    const schemas = ['public', 'crm']
    expect(createTenancy(FULL).config).to.deep.equal({
      setting: 'my_app.org',
      type: 'bigint',
      adminRoles: ['app_admin', 'support'],
      tables: [
        { schemas, name: 'projects', column: 'org_id', shared: false, access: 'full' },
        {
          schemas: ['billing'],
          name: 'invoices',
          column: 'account',
          shared: false,
          access: 'full',
        },
        { schemas, name: 'templates', column: 'org_id', shared: true, access: 'full' },
        { schemas, name: 'comments', column: 'org_id', shared: false, access: 'boundary' },
        { schemas, name: 'tasks', column: 'org_id', shared: false, access: 'full' },
        { schemas, name: 'settings', column: 'org_id', shared: false, access: 'full' },
      ],
      lookups: [],
    })
  })
})

/** From JavaScript, where a config has no type. */
function tenancyOf(input: unknown) {
  return createTenancy(input as Parameters<typeof createTenancy>[0])
}

function refusalOf(body: () => unknown): object {
  try {
    body()
  } catch (error) {
    if (!isTenancyError(error)) throw error
    const { code, message, hint } = error
    return { code, message, hint }
  }
  throw new Error('The config was accepted.')
}
