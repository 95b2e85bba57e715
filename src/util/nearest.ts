/** `; did you mean projects?`, to end a sentence with; empty when no name is close. */
export function suggestion(text: string, names: readonly string[]): string {
  const meant = nearest(text, names)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

/** The name that a misspelt one most likely means; undefined when none is close. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: editDistance(text, name) }))
    .sort((a, b) => a.distance - b.distance)

  return best && best.distance <= best.name.length / 3 ? best.name : undefined
}

// https://en.wikipedia.org/wiki/Levenshtein_distance
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
