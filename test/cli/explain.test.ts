import { expect } from 'chai'
import { CHECKS } from '../../src/checks/registry.ts'
import { LEVELS } from '../../src/config/level.ts'
import { runCli } from '../support/run-cli.ts'

describe('kysely-tenants explain', () => {
  it('lists every check, worst first', async () => {
    const { code, out, err } = await runCli(['explain'])
    const lines = out.trimEnd().split('\n')
    const listed = lines.map((line) => {
      const [, level, id, title] = /^(\w+) +([\w-]+) +(.+)$/.exec(line) ?? []
      return { level, id, title }
    })
    const expected = CHECKS.map(({ level, id, title }) => ({ level, id, title }))
    const levels = lines.map((line) => LEVELS.findIndex((level) => line.startsWith(level)))

    expect({ code, err }).to.deep.equal({ code: 0, err: '' })
    expect(listed).to.have.deep.members(expected).and.to.have.lengthOf.at.least(20)
    expect(levels).to.deep.equal(levels.toSorted())
  })

  it('says what a check is about', async () => {
    expect(await runCli(['explain', 'rls-not-forced'])).to.deep.equal({
      code: 0,
      out: [
        'rls-not-forced  medium',
        'The table owner bypasses row security',
        '',
        'Why',
        '  PostgreSQL exempts the owner of a table from its policies unless row security is forced:',
        '  jobs, views and SECURITY DEFINER functions of the owner see every tenant.',
        '',
        'Read',
        '  https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
        '',
        'Broken',
        '  alter table public.projects no force row level security',
        '',
        'Fixed',
        '  alter table public.projects force row level security',
        '',
      ].join('\n'),
      err: '',
    })
  })

  for (const { id, title, why } of CHECKS) {
    it(`explains ${id}`, async () => {
      const { code, out, err } = await runCli(['explain', id])
      expect({ code, err }).to.deep.equal({ code: 0, err: '' })
      expect(out)
        .to.include(title)
        .and.match(/\n\nBroken\n {2}\S.*\n\nFixed\n {2}\S/s)
      expect(out.replaceAll(/\s+/g, ' ')).to.include(why.replaceAll(/\s+/g, ' '))
      expect(
        out
          .split('\n\nBroken')[0]
          ?.split('\n')
          .every((line) => line.length <= 90 || line.startsWith('  https://')),
      ).to.equal(true)
    })
  }

  it('says that a check is opt-in', async () => {
    const { out } = await runCli(['explain', 'temp-privilege'])
    expect(out).to.include('\n\nOpt-in: name it in `audit.levels` to have it judged.\n\nWhy\n')
  })

  it('says that a check asks the application', async () => {
    const { out } = await runCli(['explain', 'row-security-inactive'])
    expect(out).to.include(
      '\n\nAsks the application itself: pass `--app-url` to have it judged.\n\nWhy\n',
    )
  })

  it('suggests the check that was meant', async () => {
    expect(await runCli(['explain', 'rls-not-froced'])).to.deep.equal({
      code: 2,
      out: '',
      err: '✖ There is no check rls-not-froced.  CHECK.UNKNOWN\n  next Did you mean rls-not-forced?\n',
    })
  })

  it('suggests nothing when nothing is near', async () => {
    expect(await runCli(['explain', 'quota'])).to.deep.equal({
      code: 2,
      out: '',
      err: '✖ There is no check quota.  CHECK.UNKNOWN\n  next List them all with `kysely-tenants explain`.\n',
    })
  })

  it('prints JSON', async () => {
    const { code, out, err } = await runCli(['explain', '--json'])
    expect({ code, err, data: JSON.parse(out) }).to.deep.equal({
      code: 0,
      err: '',
      data: {
        version: 1,
        checks: CHECKS.map(({ id, level, isOptIn = false, title, why, link, broken, fixed }) => ({
          id,
          level,
          optIn: isOptIn,
          title,
          why,
          link,
          broken,
          fixed,
        })),
      },
    })
  })

  it('prints one check as JSON', async () => {
    const { code, out } = await runCli(['explain', 'rls-not-forced', '--json'])
    expect(code).to.equal(0)
    expect(JSON.parse(out)).to.have.all.keys(
      'version',
      'id',
      'level',
      'optIn',
      'title',
      'why',
      'link',
      'broken',
      'fixed',
    )
  })
})
