import { readFileSync } from 'node:fs'

const ROOT = new URL('../../', import.meta.url)

/** The text of a page of the repository. */
export function readPage(name: string): string {
  return readFileSync(new URL(name, ROOT), 'utf8')
}

/** The blocks of a language, in the order of the page. */
export function blocksOf(text: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')
  return [...text.matchAll(pattern)].map(([, code = '']) => code)
}

/** Heading → the text below it, up to the next heading of that level. */
export function sectionsOf(text: string): ReadonlyMap<string, string> {
  const sections = text.split(/^## /m).slice(1)
  return new Map(
    sections.map((section) => {
      const [heading = ''] = section.split('\n', 1)
      return [heading, section.slice(heading.length)]
    }),
  )
}

/**
 * The TypeScript of a page as modules that can be compiled and imported: the first block is `setup.ts`, each
 * section with blocks is one that imports what it uses of the set-up, and exports what it declares.
 */
export function modulesOf(text: string): Record<string, string> {
  const [[, first = ''] = [], ...rest] = [...sectionsOf(text)].filter(
    ([, section]) => blocksOf(section, 'ts').length > 0,
  )
  const setup = blocksOf(first, 'ts').join('\n')
  const shared = sharedNames(setup)
  const modules = rest.map(([heading, section]) => {
    const code = blocksOf(section, 'ts').join('\n')
    const own = new Set([...namesImported(code).keys(), ...namesDeclared(code)])
    const imports = [...shared]
      .filter(([name]) => !own.has(name) && new RegExp(`\\b${name}\\b`).test(code))
      .map(([, statement]) => statement)
    return [fileOf(heading), `${imports.join('\n')}\n${code}\nexport { ${namesDeclared(code)} }`]
  })
  return { 'setup.ts': setup, ...Object.fromEntries(modules) }
}

/** The module of a section. */
export function fileOf(heading: string): string {
  return `${heading.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.ts`
}

/** Name → the statement that imports it from the set-up, or from where the set-up has it. */
function sharedNames(setup: string): Map<string, string> {
  const exported = [...setup.matchAll(/^export (const|type) (\w+)/gm)].map(
    ([, kind, name = '']) =>
      [name, `import { ${kind === 'type' ? 'type ' : ''}${name} } from './setup.ts'`] as const,
  )
  return new Map([...namesImported(setup), ...exported])
}

function namesImported(code: string): Map<string, string> {
  const statements = [...code.matchAll(/^import (type )?(?:\{ ([^}]+) \}|(\w+)) from ('[^']+')/gm)]
  const entries = statements.flatMap(([, type = '', names, whole, from]) => [
    ...(names?.split(', ') ?? []).map((name) => {
      const local = name.replace(/^type |^\w+ as /, '')
      return [local, `import ${type}{ ${name} } from ${from}`] as const
    }),
    ...(whole ? [[whole, `import ${type}${whole} from ${from}`] as const] : []),
  ])
  return new Map(entries)
}

function namesDeclared(code: string): string[] {
  const declared = code.matchAll(/^(?:(?:async )?function\*? ?|const )(\w+)/gm)
  return [...declared].map(([, name = '']) => name)
}
