/** Several statements as one text: ready for a script, and for one call of the simple protocol. */
export function statements(list: readonly string[]): string {
  return list.join(';\n')
}
