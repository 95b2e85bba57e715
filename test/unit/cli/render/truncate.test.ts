import { expect } from 'chai'
import { displayWidth } from '../../../../src/cli/render/display-width.ts'
import { shorten, truncate } from '../../../../src/cli/render/truncate.ts'

describe('truncate', () => {
  it('leaves a text that fits as it is', () => {
    expect(truncate('顧客', 4)).to.equal('顧客')
  })

  it('cuts no character in two, and is never wider than it may be', () => {
    for (const text of ['public.tasks', '顧客データ', 'e\u0301'.repeat(8), '👨‍👩‍👧👍🏽🇩🇪']) {
      for (let columns = 0; columns < 9; columns++) {
        const cut = truncate(text, columns)
        const kept = [...new Intl.Segmenter().segment(cut.replace('…', ''))]
        const all = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
        expect(displayWidth(cut)).to.be.at.most(columns)
        expect(kept.map(({ segment }) => segment)).to.deep.equal(all.slice(0, kept.length))
      }
    }
    expect(truncate('public.tasks', 8)).to.equal('public.…')
    expect(truncate('顧客データ', 6)).to.equal('顧客…')
  })
})

describe('shorten', () => {
  it('ends after a word', () => {
    expect(shorten('create index concurrently i on projects (id)', 60)).to.equal(
      'create index concurrently i on projects (id)',
    )
    for (let columns = 10; columns < 44; columns++) {
      const text = shorten('create index concurrently i on projects (id)', columns)
      expect(text).to.match(/^create( index( concurrently( i( on( projects)?)?)?)?)? …$/)
      expect(displayWidth(text)).to.be.at.most(columns)
    }
  })
})
