/** Several statements as one text: ready for a script, and for one call of the simple protocol. */
export function statements(list: readonly string[]): string {
  return list.join(';\n')
}

/** The fix where only the user can choose one: comments alone, so that running it has no effect. */
export function decision(...lines: readonly string[]): string {
  return lines.flatMap((line) => line.split('\n').map((part) => `-- ${part}`)).join('\n')
}

/** Statements, and behind them a comment on what they cannot do. */
export function withRemarks(sql: string, remarks: readonly string[]): string {
  return remarks.length === 0 ? sql : `${sql};\n${decision(...remarks)}`
}
