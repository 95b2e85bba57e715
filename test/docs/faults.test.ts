import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const FOLDER = fileURLToPath(new URL('../db/faults/', import.meta.url))
const FAULT = /\bF\d\d[a-z]?\b/g

describe('the table of faults', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.test.ts'))
  const tested = files.flatMap((file) => faultsIn(read(file)).map((fault) => `${fault} ${file}`))

  it('names every fault that a test names, with its file, and no other', () => {
    const listed = read('README.md')
      .split('\n')
      .filter((line) => /^\| F\d/.test(line))
      .flatMap((line) => {
        const [, faults = '', , , tests = ''] = line.split('|')
        const links = [...tests.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file)
        return faultsIn(faults).flatMap((fault) => links.map((file) => `${fault} ${file}`))
      })
    expect(listed.toSorted()).to.deep.equal(tested.toSorted())
  })

  it('is the only place for such numbers: a test elsewhere names no fault', () => {
    expect(tested.length).to.be.greaterThan(90)
    const others = readdirSync(`${FOLDER}..`, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.test.ts') && !file.startsWith('faults/'),
    )
    const titles = others.flatMap(
      (file) => read(`../${file}`).match(/\bit\(\s*[`'"]F\d\d.*/g) ?? [],
    )
    expect(titles).to.deep.equal([])
  })
})

function read(file: string): string {
  return readFileSync(FOLDER + file, 'utf8')
}

function faultsIn(text: string): string[] {
  return [...new Set(text.match(FAULT))]
}
