import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type ImportKind = 'type' | 'value'

/** What a source text imports or exports from elsewhere, dynamic imports included. */
export function specifiersOf(source: string): { specifier: string; kind: ImportKind }[] {
  const STATEMENT = /^ *(?:import|export)\s+(type\s)?(?:[\w\s{},*$]+?\sfrom\s+)?'([^']+)'/gm
  const CALL = /\bimport\(\s*()'([^']+)'/g

  return [...source.matchAll(STATEMENT), ...source.matchAll(CALL)].map(([, type, specifier]) => ({
    specifier: specifier as string,
    kind: type ? 'type' : 'value',
  }))
}

/** The files that a file loads, through however many others; itself too. Types load nothing. */
export function filesLoadedBy(file: string, known: Map<string, string[]>): Set<string> {
  const loaded = new Set<string>()
  const visit = (path: string) => {
    if (loaded.has(path)) return
    loaded.add(path)
    for (const target of targetsOf(path, known)) visit(target)
  }
  visit(file)
  return loaded
}

function targetsOf(path: string, known: Map<string, string[]>): string[] {
  const found = known.get(path)
  if (found) return found
  const targets = specifiersOf(readFileSync(path, 'utf8'))
    .filter(({ specifier, kind }) => kind === 'value' && specifier.startsWith('.'))
    .map(({ specifier }) => join(dirname(path), specifier))
    .filter((target) => target.endsWith('.ts') && existsSync(target))
  known.set(path, targets)
  return targets
}
