import { COMMANDS, type Isolation } from '../../audit/isolation.ts'
import { isIsolated, type TableIsolation } from '../../audit/isolation-matrix.ts'
import { plural } from './plural.ts'

/** A sign for each verdict, the same in every format. */
export const SIGN: Readonly<Record<Isolation, string>> = { isolated: '✔', hole: '✖', unknown: '?' }

export const MEANING: Readonly<Record<Isolation, string>> = {
  isolated: 'rows of its tenant alone',
  hole: 'rows of others too',
  unknown: 'not proven',
}

export const MATRIX_TITLE = 'What a command of the application reaches'

export interface MatrixLine {
  readonly table: string
  readonly cells: readonly Isolation[]
}

/**
 * A line for each table that is not isolated or has a finding, and one line for all the others together.
 *
 * @param every print a line for each table instead
 */
export function matrixLines(
  matrix: readonly TableIsolation[],
  { objects, every }: { readonly objects: ReadonlySet<string>; readonly every: boolean },
): MatrixLine[] {
  const shown = matrix.filter((row) => every || !isIsolated(row) || objects.has(row.table))
  if (shown.length === 0) return []
  const rest = matrix.length - shown.length
  return [
    ...shown.map((row) => ({ table: row.table, cells: COMMANDS.map((command) => row[command]) })),
    ...(rest === 0
      ? []
      : [{ table: plural(rest, 'more table'), cells: COMMANDS.map(() => 'isolated' as const) }]),
  ]
}
