import { expect } from 'chai'
import { alignColumns } from '../../../../src/cli/render/columns.ts'
import { displayWidth } from '../../../../src/cli/render/display-width.ts'
import { paint } from '../../../../src/cli/render/paint.ts'

const { red } = paint(true)

describe('alignColumns', () => {
  it('lines columns up as a terminal shows them: wide characters, combining marks, emoji, colors', () => {
    const names = ['tasks', '顧客', 'cafe\u0301', '👨‍👩‍👧', red('red')]
    const lines = alignColumns(
      names.map((name) => [name, '|', 'last']),
      {},
    )
    expect(lines.map((line) => displayWidth(line.slice(0, line.indexOf('|'))))).to.deep.equal(
      names.map(() => 7),
    )
  })

  it('has a header when it is given one, and no spaces at the end of a line', () => {
    expect(alignColumns([['a', 'b']], { header: ['table', 'drift'] })).to.deep.equal([
      'table  drift',
      'a      b',
    ])
  })

  it('wraps prose in the last column where the terminal leaves room for it', () => {
    const rows = [['high', 'rls-not-forced', 'The table owner bypasses row security']]
    expect(alignColumns(rows, { columns: 50 })).to.deep.equal([
      'high  rls-not-forced  The table owner bypasses row',
      '                      security',
    ])
  })

  it('makes a paragraph of each row where it is too narrow for columns, and cuts no cell', () => {
    const rows = [
      ['public.projects', 'tenant_id', '2/2', 'none'],
      ['public.a_table_with_a_long_name_of_its_own', 'org', '0/2', '3 steps'],
    ]
    const header = ['table', 'column', 'policies', 'drift']
    expect(alignColumns(rows, { header, columns: 40 })).to.deep.equal([
      'public.projects  column tenant_id',
      '  policies 2/2  drift none',
      'public.a_table_with_a_long_name_of_its_own',
      '  column org  policies 0/2',
      '  drift 3 steps',
    ])
    const [row = []] = [['critical', 'setting-default-on-fresh-connection', 'A connection began']]
    expect(alignColumns([row], { columns: 40 })).to.deep.equal([
      'critical',
      '  setting-default-on-fresh-connection  A',
      '  connection began',
    ])
  })
})
