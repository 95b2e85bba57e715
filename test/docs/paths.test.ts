import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench/RESULTS.md',
  'examples/README.md',
  'test/db/faults/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
]

describe('the pages', () => {
  for (const page of PAGES) {
    const text = readFileSync(join(ROOT, page), 'utf8')

    it(`${page} links to files and headings that exist`, () => {
      const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
      const broken = links.filter(([, path = '', heading]) => {
        const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path)
        return !existsSync(target) || (heading && !headingsOf(target).includes(heading))
      })
      expect(broken.map(([link]) => link)).to.deep.equal([])
    })

    it(`${page} has tables in one piece`, () => {
      const heads = [...text.matchAll(/(?<=^|\n)(?!\|)[^\n]*\n(\|[^\n]*)\n([^\n]*)/g)]
      expect(
        heads.filter(([, , second = '']) => !/^\|[-:| ]+\|$/.test(second)).map(([, head]) => head),
      ).to.deep.equal([])
    })

    it(`${page} names files of this repository that exist`, () => {
      const named = [...text.matchAll(/\b(?:src|test|bench|scripts)\/[\w./-]+\.(?:ts|js|md)\b/g)]
      expect(
        named.map(([file]) => file).filter((file) => !existsSync(join(ROOT, file))),
      ).to.deep.equal([])
    })
  }
})

/** The anchors of a page, as GitHub makes them. */
function headingsOf(page: string): string[] {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
