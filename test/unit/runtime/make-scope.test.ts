import { expect } from 'chai'
import { createTenancy, type RuntimeConfigInput } from '../../../src/index.ts'

type Options = { readonly [K in 'limits' | 'applicationName' | 'schema']?: () => unknown }

/** The settings of a scope, or the code and the message of the error. */
function settingsWith(options: Options, settings?: unknown): unknown {
  const tenancy = createTenancy({ tables: ['projects'], ...options } as RuntimeConfigInput)
  const input = settings === undefined ? 'acme' : { tenant: 'acme', settings }
  try {
    return tenancy.run(input as string, () => tenancy.current()?.settings)
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code} ${message}`
  }
}

const refused = (problem: string) => `SETTING.INVALID ${problem}; the scope was not opened.`
const NO_OBJECT = refused('The settings are no object of names and values')

describe('the settings of a scope', () => {
  it('are those of the config, which those of the scope replace', () => {
    const options = {
      limits: () => ({ statement_timeout: '2s', TimeZone: 'UTC' }),
      applicationName: () => 'shop',
      schema: () => 't_acme',
    }
    expect(settingsWith(options, { timezone: 'CET', 'app.user': '1' })).to.deep.equal([
      ['app.user', '1'],
      ['application_name', 'shop'],
      ['search_path', 't_acme, pg_temp'],
      ['statement_timeout', '2s'],
      ['timezone', 'CET'],
    ])
    expect(settingsWith({ limits: () => undefined, applicationName: () => undefined })).to.be.empty
  })

  const limits: Record<string, [answer: () => unknown, problem: string]> = {
    'a promise': [
      async () => ({ statement_timeout: '2s' }),
      refused('`limits` of the config returned a promise'),
    ],
    'a promise that is rejected': [
      () => Promise.reject(new Error('x')),
      refused('`limits` of the config returned a promise'),
    ],
    'a Map': [() => new Map([['statement_timeout', '2s']]), NO_OBJECT],
    'an empty list': [() => [], NO_OBJECT],
    'a text': [() => '2s', NO_OBJECT],
    'an error': [
      () => {
        throw new Error('no plan')
      },
      refused('`limits` of the config threw an error'),
    ],
    'a name that may not ride': [
      () => ({ role: 'app' }),
      refused('"role" is not among the settings that a scope may carry'),
    ],
    'a value that is no text': [
      () => ({ statement_timeout: 2000 }),
      refused('statement_timeout holds no string that PostgreSQL can store'),
    ],
  }
  for (const [title, [answer, problem]] of Object.entries(limits)) {
    it(`are refused where limits answers with ${title}`, () => {
      expect(settingsWith({ limits: answer })).to.equal(problem)
    })
  }

  it('are refused where those of the scope are a promise or a Map', () => {
    expect(settingsWith({}, Promise.resolve({ 'app.user': '1' }))).to.equal(NO_OBJECT)
    expect(settingsWith({}, new Map([['app.user', '1']]))).to.equal(NO_OBJECT)
  })

  it('are refused where schema answers with no name of one schema', () => {
    const answers = [async () => 't_acme', () => '', () => 'a\0', () => undefined, () => '$user']
    const found = [...answers, () => 'pg_temp', () => 'é'.repeat(32)].map((schema) =>
      settingsWith({ schema }),
    )
    const noName = refused('`schema` of the config returned no name of a schema')
    expect(found).to.deep.equal([
      refused('`schema` of the config returned a promise'),
      noName,
      noName,
      noName,
      refused('`schema` of the config returned $user, which is no schema of a tenant'),
      refused('`schema` of the config returned pg_temp, which is no schema of a tenant'),
      refused('`schema` of the config returned a name of over 63 bytes'),
    ])
    expect(settingsWith({ schema: () => 'x'.repeat(63) })).to.deep.equal([
      ['search_path', `${'x'.repeat(63)}, pg_temp`],
    ])
  })
})
