import { expect } from 'chai'
import { displayWidth } from '../../../../src/cli/render/display-width.ts'
import { paint } from '../../../../src/cli/render/paint.ts'
import { wrap } from '../../../../src/cli/render/wrap.ts'

describe('wrap', () => {
  it('fills each line as far as the terminal shows it, and indents all but the first', () => {
    expect(wrap('one two three four', { columns: 9, indent: 2 })).to.deep.equal([
      'one two',
      '  three',
      '  four',
    ])
  })

  it('leaves a text alone where there is no terminal', () => {
    expect(wrap('one  two'.split(' '), {})).to.deep.equal(['one  two'])
  })

  it('never cuts a word, however narrow the terminal is', () => {
    const words = ['  ✖ critical ', 'a', 'reason', ' setting-default-on-fresh-connection']
    for (let columns = 1; columns <= 60; columns++) {
      const lines = wrap(words, { columns, indent: 4 })
      expect(
        lines.filter((line) => line.endsWith('setting-default-on-fresh-connection')).length,
      ).to.equal(1)
    }
    expect(wrap(words, { columns: 40, indent: 4 })).to.deep.equal([
      '  ✖ critical  a reason',
      '    setting-default-on-fresh-connection',
    ])
  })

  it('counts wide characters twice, and combining marks and colors not at all', () => {
    const { red } = paint(true)
    expect(wrap('日本語 日本語 日本語', { columns: 14 })).to.deep.equal(['日本語 日本語', '日本語'])
    expect(wrap(`${'e\u0301'.repeat(6)} ${'e\u0301'.repeat(6)}`, { columns: 13 })).to.have.length(1)
    expect(wrap(`${red('abcdef')} ${red('abcdef')}`, { columns: 13 })).to.have.length(1)
  })

  it('prints a name in the very characters it has', () => {
    const name = 'cafe\u0301'
    expect(wrap(`the table ${name}`, { columns: 5 }).at(-1)).to.equal(name)
  })
})

describe('displayWidth', () => {
  for (const [text, width] of [
    ['abc', 3],
    ['', 0],
    ['한글', 4],
    ['한글'.normalize('NFD'), 4],
    ['か\u3099', 2],
    ['e\u0301', 1],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['✔', 1],
    ['\u001b[31mred\u001b[39m', 3],
  ] as const) {
    it(`of ${JSON.stringify(text)} is ${width}`, () => {
      expect(displayWidth(text)).to.equal(width)
    })
  }
})
