import { displayWidth } from './display-width.ts'
import { wrap } from './wrap.ts'

const GAP = '  '

/** The narrowest last column that is still wrapped. */
const NARROWEST = 24

interface Table {
  /** Leave it out where the cells need no names. */
  readonly header?: readonly string[]
  /** The width of the terminal. */
  readonly columns?: number | undefined
}

/**
 * Lines of a table whose columns line up as a terminal shows them. Where it is too narrow, the last column
 * is wrapped, or each row becomes a paragraph in which the header names each cell.
 *
 * @param rows cells may be painted
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  { header, columns = Number.POSITIVE_INFINITY }: Table,
): string[] {
  const all = header ? [header, ...rows] : rows
  const widths = widthsOf(all)
  const lead = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0)
  const last = widths.at(-1) ?? 0
  if (lead + last <= columns) return all.map((row) => padded(row, widths).join(GAP))
  if (last < NARROWEST || columns - lead < NARROWEST) {
    return rows.flatMap((row) => paragraph(row, header, columns))
  }
  return all.flatMap((row) => {
    const cells = padded(row, widths)
    const words = cells.pop()?.split(' ') ?? []
    return wrap([...cells.map((cell) => `${cell} `), ...words], { columns, indent: lead })
  })
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  return rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, displayWidth(cell))),
    [],
  )
}

/** The last cell is left as it is. */
function padded(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, i) => {
    const missing = i === row.length - 1 ? 0 : (widths[i] ?? 0) - displayWidth(cell)
    return `${cell}${' '.repeat(missing)}`
  })
}

function paragraph(
  row: readonly string[],
  header: readonly string[] | undefined,
  columns: number,
): string[] {
  const cells = row.map((cell, i) => (i === 0 || !header ? cell : `${header[i]} ${cell}`))
  // A value stays beside its name; cells without a header are prose.
  const words = cells.map((cell, i) => (i < row.length - 1 || header ? [cell] : cell.split(' ')))
  const spaced = words.flatMap(([first = '', ...more], i) => [
    i === 0 ? first : ` ${first}`,
    ...more,
  ])
  return wrap(spaced, { columns, indent: GAP.length })
}
