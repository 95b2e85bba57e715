import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

type Suites = Readonly<Record<'unit' | 'usual' | 'long' | 'examples', readonly string[]>>

describe('the suites', () => {
  const suites: Suites = JSON.parse(readFileSync(`${ROOT}test/suites/suites.json`, 'utf8'))
  const files = readdirSync(`${ROOT}test`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file}`)

  it('have each test file exactly once', () => {
    const wrong = files
      .map((file) => ({ file, suites: suitesOf(file, suites) }))
      .filter(({ suites }) => suites.length !== 1)
    expect(wrong).to.deep.equal([])
    expect(files).to.include('test/unit/suites.test.ts')
  })

  it('would tell a file of none, and one of two', () => {
    expect(suitesOf('test/new/a.test.ts', suites)).to.deep.equal([])
    expect(
      suitesOf('test/unit/a.test.ts', { ...suites, long: ['test/unit/a.test.ts'] }),
    ).to.deep.equal(['unit', 'long'])
  })

  it('name no long file that is gone, or that the usual suite would not have', () => {
    expect(suites.long.filter((file) => !files.includes(file))).to.deep.equal([])
    expect(suites.long.filter((file) => !isNamed(file, suites.usual))).to.deep.equal([])
  })

  it('are those that the scripts of the package run', () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
    expect(scripts['test:all']).to.include('--config test/suites/usual.mocharc.cjs')
    expect(scripts['test:long']).to.include('--config test/suites/long.mocharc.cjs')
    expect(scripts['test:examples']).to.include(`'${suites.examples.join("' '")}'`)
    const unit = JSON.parse(readFileSync(`${ROOT}test/unit/.mocharc.json`, 'utf8'))
    expect([unit.spec]).to.deep.equal(suites.unit)
    const ci = readFileSync(`${ROOT}.ci/run`, 'utf8')
    const run = [...ci.matchAll(/npm (?:run )?(test\S*)/g)].map(([, script]) => script)
    expect(run).to.deep.equal(['test', 'test:long', 'test:examples', 'test:matrix'])
  })
})

/** The usual suite leaves out the files of the long one. */
function suitesOf(file: string, suites: Suites): string[] {
  const { long, usual, ...others } = suites
  const named = Object.entries({ ...others, long }).filter(([, specs]) => isNamed(file, specs))
  const isUsual = isNamed(file, usual) && !isNamed(file, long)
  return [...named.map(([name]) => name), ...(isUsual ? ['usual'] : [])].sort(
    (a, b) => Object.keys(suites).indexOf(a) - Object.keys(suites).indexOf(b),
  )
}

/** A spec is a path, or a folder with all below it. */
function isNamed(file: string, specs: readonly string[]): boolean {
  return specs.some((spec) => {
    const [folder = '', rest] = spec.split('**/*')
    return rest === undefined ? file === spec : file.startsWith(folder) && file.endsWith(rest)
  })
}
