/** Pads cells so that columns line up; the last one is left as it is. */
export function alignColumns(rows: readonly (readonly string[])[]): string[][] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  )
  return rows.map((row) =>
    row.map((cell, column) =>
      column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0),
    ),
  )
}
