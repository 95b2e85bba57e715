import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { NoResultError } from 'kysely'
import { APPLICATION_ERROR_CODES, COMMAND_ERROR_CODES } from '../../../src/errors/codes.ts'
import { httpStatus } from '../../../src/errors/http-status.ts'
import { TenancyError } from '../../../src/errors/tenancy-error.ts'

const of = (code: (typeof APPLICATION_ERROR_CODES | typeof COMMAND_ERROR_CODES)[number]) =>
  httpStatus(new TenancyError(code, 'x', 'y'))
const ofServer = (code: string) =>
  httpStatus(Object.assign(new Error('x'), { code, severity: 'ERROR' }))
const ofProperties = (properties: object) => httpStatus(Object.assign(new Error('x'), properties))

describe('httpStatus', () => {
  it('gives each code of an application the status that docs/errors.md lists it under, else 500', () => {
    const listed = new Map(
      rowsOfPage().flatMap(([status = '', text = '']) =>
        [...text.matchAll(/`([A-Z]+\.[A-Z_]+)`/g)].map(([, code = '']) => [code, Number(status)]),
      ) as [string, number][],
    )
    expect(APPLICATION_ERROR_CODES.map((code) => [code, of(code)])).to.deep.equal(
      APPLICATION_ERROR_CODES.map((code) => [code, listed.get(code) ?? 500]),
    )
    expect(
      [...listed.keys()].filter(
        (code) => !(APPLICATION_ERROR_CODES as readonly string[]).includes(code),
      ),
    ).to.deep.equal([])
  })

  it('gives each code of the command 500', () => {
    expect(new Set(COMMAND_ERROR_CODES.map(of))).to.deep.equal(new Set([500]))
  })

  it('gives SQLSTATEs the status of their kind', () => {
    const codes =
      '22P02 22001 22003 23502 23514 25006 P0002 23505 23503 23P01 23001 08006 40001 40P01 53300 57P01 55P03 57014 42P01 42501 42601 25P02 P0001 XX000 0A000'.split(
        ' ',
      )
    const statuses: Record<number, string[]> = {}
    for (const code of codes) {
      const status = ofServer(code)
      statuses[status] = [...(statuses[status] ?? []), code]
    }
    expect(statuses).to.deep.equal({
      400: ['22P02', '22001', '22003', '23502', '23514'],
      403: ['25006'],
      404: ['P0002'],
      409: ['23505', '23503', '23P01', '23001'],
      500: ['42P01', '42501', '42601', '25P02', 'P0001', 'XX000', '0A000'],
      503: ['08006', '40001', '40P01', '53300', '57P01', '55P03'],
      504: ['57014'],
    })
  })

  it('knows the errors of pg, Kysely, Knex and Objection that have no code', () => {
    const texts = [
      'Connection terminated unexpectedly',
      'Connection terminated',
      'timeout exceeded when trying to connect',
      'Knex: Timeout acquiring a connection. The pool is probably full.',
      'Query read timeout',
      'select pg_sleep(1) - Query read timeout',
      'Defined query timeout of 50ms exceeded when running query.',
    ]
    expect(texts.map((text) => httpStatus(new Error(text)))).to.deep.equal([
      503, 503, 503, 503, 504, 504, 504,
    ])
    expect(httpStatus(new NoResultError({ kind: 'RawNode' } as never))).to.equal(404)
    expect(ofProperties({ statusCode: 404, message: 'NotFoundError' })).to.equal(404)
    expect(
      ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND'].map((code) => ofProperties({ code })),
    ).to.deep.equal([503, 503, 503, 503])
  })

  it('keeps the status of the errors of frameworks, and looks at the cause of others', () => {
    expect([
      ofProperties({ statusCode: 415 }),
      ofProperties({ status: 404 }),
      ofProperties({ status: 200 }),
      ofProperties({ status: 'closed', statusCode: 400 }),
      httpStatus(new Error('x', { cause: new TenancyError('TENANT.VIOLATION', 'x', 'y') })),
      httpStatus(new TenancyError('POOL.EXHAUSTED', 'x', 'y', { cause: new Error('x') })),
    ]).to.deep.equal([415, 404, 500, 400, 403, 503])
  })

  it('gives 500 for all else, and for what is no error', () => {
    const circle = new Error('x')
    circle.cause = circle
    const others = [new Error('x'), circle, new TypeError('x'), undefined, null, 'x', 404, {}]
    expect(others.map(httpStatus)).to.deep.equal(others.map(() => 500))
    expect(ofProperties({ code: 'ABCDE' })).to.equal(500)
  })
})

function rowsOfPage(): string[][] {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const [, table = ''] = /<!-- http status -->(.*)<!-- \/http status -->/s.exec(page) ?? []
  return [...table.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, ...cells]) => cells)
}
