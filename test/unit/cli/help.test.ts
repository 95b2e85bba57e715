import { expect } from 'chai'
import { main } from '../../../src/cli/main.ts'

describe('the help', () => {
  async function helpOf(columns: number | undefined, ...argv: string[]): Promise<string> {
    let out = ''
    const add = (text: string) => {
      out += text
    }
    await main([...argv, '--help'], { cwd: '.', out: add, err: add, color: false, columns })
    return out
  }

  for (const argv of [[], ['audit'], ['migrate:rls'], ['backfill'], ['init']]) {
    it(`of ${argv[0] ?? 'the command'} fits a terminal of 60 columns, and leaves commands whole`, async () => {
      const [narrow, wide] = [await helpOf(60, ...argv), await helpOf(undefined, ...argv)]
      const examples = /^ +kysely-tenants .*$/gm
      const others = narrow.replaceAll(examples, '').split('\n')
      expect(others.filter((line) => line.length > 60)).to.deep.equal([])
      expect(narrow.match(examples)).to.deep.equal(wide.match(examples))
      expect(narrow.replaceAll(/\s+/g, ' ')).to.equal(wide.replaceAll(/\s+/g, ' '))
    })
  }
})
