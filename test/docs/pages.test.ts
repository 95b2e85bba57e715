import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { checksPage } from '../../docs/checks-page.ts'
import { demoPicture } from '../../docs/demo-picture.ts'
import { CHECKS } from '../../src/checks/registry.ts'
import { MIGRATION_FORMATS } from '../../src/config/migration-format.ts'

describe('docs/init.md', () => {
  it('shows the file that the test of `init` expects', () => {
    const page = readFileSync(new URL('../../docs/init.md', import.meta.url), 'utf8')
    const file = new URL('../cli/golden/kysely-tenants.config.ts', import.meta.url)
    expect(page).to.include(`<!-- config -->\n\`\`\`ts\n${readFileSync(file, 'utf8')}\`\`\`\n`)
  })
})

describe('docs/checks.md', () => {
  const page = readFileSync(new URL('../../docs/checks.md', import.meta.url), 'utf8')

  it('is what `npm run docs` writes', () => {
    expect(page).to.equal(checksPage(CHECKS))
  })

  it('has a section for every check', () => {
    const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, id]) => id)
    expect(sections.toSorted()).to.deep.equal(CHECKS.map(({ id }) => id).toSorted())
  })
})

describe('docs/migrations.md', () => {
  const page = readFileSync(new URL('../../docs/migrations.md', import.meta.url), 'utf8')
  const EXAMPLES = { ts: 'js/1_columns.js', js: 'knex/1_columns.cjs', sql: 'sql/1_columns.up.sql' }

  for (const [language, file] of Object.entries(EXAMPLES)) {
    it(`shows a statement as it is written into ${file}`, () => {
      const block = new RegExp(`\`\`\`${language}\n((?://|--) A new row.*?)\`\`\``, 's')
      const [, example = ''] = block.exec(page) ?? []
      const golden = readFileSync(
        new URL(`../db/migration/golden/${file}`, import.meta.url),
        'utf8',
      )
      expect(withoutIndent(example).length).to.be.greaterThan(100)
      expect(withoutIndent(golden)).to.include(withoutIndent(example))
    })
  }

  it('names every format', () => {
    const formats = [
      ...page.slice(page.indexOf('## For whom')).matchAll(/^\| `(\S+)`(?: \(default\))? \| [`.]/gm),
    ].map(([, name]) => name)
    expect(formats).to.deep.equal([...MIGRATION_FORMATS])
  })
})

describe('docs/demo.svg', () => {
  it('is what `npm run docs` makes of docs/demo.md, which a test holds to the demo', () => {
    const [page = '', picture = ''] = ['demo.md', 'demo.svg'].map((name) =>
      readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'),
    )
    expect(picture).to.equal(demoPicture(page))
  })
})

function withoutIndent(text: string): string {
  return text.replace(/^ +/gm, '')
}
