import { expect } from 'chai'
import { displayWidth } from '../../../../src/cli/render/display-width.ts'
import { renderBar, renderProgress, showProgress } from '../../../../src/cli/render/progress.ts'

const TABLE = { schema: 'public', name: 'tasks' }
const HALF = { table: TABLE, filled: 500, total: 1000, milliseconds: 4000 }

describe('progress', () => {
  it('is a bar as wide as the terminal allows, with the time that is left', () => {
    expect(renderBar(HALF, 80)).to.equal(
      'public.tasks  ████████████░░░░░░░░░░░░  50 % of 1000 rows, 125 rows/s, 4 s left',
    )
    expect(renderBar(HALF, 200)).to.include(`  ${'█'.repeat(20)}${'░'.repeat(20)}  50 %`)
  })

  it('cuts no word and no number where the terminal is narrow: the name gives way', () => {
    expect(renderBar(HALF, 40)).to.equal('public.tasks  ███░░░  50 % of 1000 rows')
    expect(renderBar(HALF, 30)).to.equal('public.ta…  50 % of 1000 rows')
    const table = { schema: 'app', name: '顧客'.repeat(12) }
    expect(renderBar({ ...HALF, table }, 60)).to.equal(
      `app."${'顧客'.repeat(8)}顧…  50 % of 1000 rows`,
    )
  })

  it('is never wider than the terminal, whose last column stays free', () => {
    for (let columns = 1; columns <= 120; columns++) {
      expect(displayWidth(renderBar(HALF, columns))).to.be.lessThan(columns)
    }
  })

  it('has no time left to tell before the first row', () => {
    expect(renderProgress({ ...HALF, filled: 0 })).to.equal(
      'public.tasks: 4 s; 0 % of 1000 rows, 0 rows/s',
    )
  })

  for (const [seconds, text] of [
    [9, '9 s'],
    [60, '1 min 0 s'],
    [3599, '59 min 59 s'],
    [7260, '2 h 1 min'],
  ] as const) {
    it(`writes ${seconds} seconds as ${text}`, () => {
      expect(renderProgress({ ...HALF, milliseconds: seconds * 1000 })).to.match(
        new RegExp(`, ${text} left$`),
      )
    })
  }

  it('does not say more than all when rows came meanwhile', () => {
    expect(renderProgress({ ...HALF, filled: 1001 })).to.match(/: 4 s; 100 % .*, 0 s left$/)
  })

  it('draws over the bar on a terminal, and takes it away for talk', () => {
    const told: string[] = []
    const io = { cwd: '.', out: () => undefined, err: (text: string) => told.push(text) }
    const view = showProgress({ ...io, color: false, errColumns: 30 })
    view.progress(HALF)
    view.say('Something else.')
    view.clear()
    expect(told).to.deep.equal([
      '\r\u001b[2Kpublic.ta…  50 % of 1000 rows',
      '\r\u001b[2K',
      '· Something else.\n',
      '\r\u001b[2K',
    ])
  })

  it('is a line now and then where there is no terminal, less and less often', () => {
    const told: string[] = []
    const io = { cwd: '.', out: () => undefined, err: (text: string) => told.push(text) }
    const view = showProgress({ ...io, color: false })
    for (let milliseconds = 500; milliseconds <= 10_000; milliseconds += 500) {
      view.progress({ ...HALF, filled: milliseconds / 20, milliseconds })
    }
    view.clear()
    expect(told.map((line) => line.slice(0, line.indexOf(';')))).to.deep.equal([
      '· public.tasks: 1 s',
      '· public.tasks: 3 s',
      '· public.tasks: 7 s',
    ])
  })
})
