import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MigrationFormat } from '../../config/migration-format.ts'
import { migrationNames } from '../../migration/file-name.ts'
import { FORMATS, templateOf } from '../../migration/format.ts'
import { renderMigration } from '../../migration/render.ts'
import type { Phase } from '../../migration/step.ts'
import { existingNames, type NewFile } from './migration-folder.ts'

// The same distance from `src/cli` and from `dist/cli`.
const TEMPLATES = new URL('../../../migrations-templates/', import.meta.url)

export interface PhaseFiles {
  readonly phase: Phase
  /** One file, or one for each direction. */
  readonly files: readonly NewFile[]
}

export interface Target {
  readonly folder: string
  readonly format: MigrationFormat
  /** Second part of the file names. */
  readonly name: string
  /** Paths of files that these ones take the place of. */
  readonly without?: readonly string[]
}

/** Renders the files of `migrate:rls` without writing them. */
export function migrationFiles(
  phases: readonly Phase[],
  { folder, format, name, without }: Target,
): PhaseFiles[] {
  const { naming, files } = FORMATS[format]
  const stems = phases.map((phase, index) => `${name}_${index + 1}_${phase.name}`)
  const names = migrationNames(existingNames(folder, format, without), stems, {
    ...naming,
    now: new Date(),
  })
  const type = packageType(folder)

  return phases.map((phase, index) => ({
    phase,
    files: files.map((kind) => {
      const template = readFileSync(new URL(templateOf(kind, phase), TEMPLATES), 'utf8')
      return {
        path: join(folder, `${names[index]}${kind.ending[type]}`),
        text: renderMigration(template, phase, kind),
      }
    }),
  }))
}

/**
 * The module system by which Node loads a `.js` file of this folder.
 * https://nodejs.org/api/packages.html#determining-module-system
 */
function packageType(folder: string): 'module' | 'commonjs' {
  const file = join(folder, 'package.json')
  if (existsSync(file)) return isModule(readFileSync(file, 'utf8')) ? 'module' : 'commonjs'
  return dirname(folder) === folder ? 'commonjs' : packageType(dirname(folder))
}

function isModule(text: string): boolean {
  try {
    const { type }: { type?: unknown } = JSON.parse(text)
    return type === 'module'
  } catch {
    // Node reports the broken file when it needs it.
    return false
  }
}
