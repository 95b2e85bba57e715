import { terminalSvg } from '../scripts/terminal-svg.ts'

const TITLE =
  'The demo: each tenant sees its own rows, two policies are loosened by hand, the audit finds them, migrate:rls repairs them'

/** docs/demo.svg: the middle of what docs/demo.md says that the demo prints, with `⋮` for what is left out. */
export function demoPicture(page: string): string {
  const chapters = page.split(/^(?=━━ )/m)
  const chapter = (title: string) => {
    const text = chapters.find((candidate) => candidate.startsWith(`━━ ${title}`))
    if (text === undefined) throw new Error(`docs/demo.md has no chapter "${title}"`)
    return text.trim().split('\n')
  }
  const broken = chapter('Two policies are loosened')
  const audit = broken.indexOf('$ npx kysely-tenants audit') + 1
  const matrix = broken.indexOf('What a command of the application reaches')
  const repair = chapter('The repair')
  return terminalSvg(
    [
      ...chapter('The same queries'),
      '',
      ...broken.slice(0, audit),
      '  ⋮',
      ...broken.slice(matrix),
      '',
      ...repair.slice(0, repair.indexOf('$ npx kysely-tenants audit')),
      repair.find((line) => line.startsWith('  acme ')) ?? '',
    ].filter((line, index, all) => line !== '' || all[index - 1] !== ''),
    TITLE,
  )
}
