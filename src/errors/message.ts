/** A sentence, and what belongs to it on lines of their own. */
export function lines(first: string, more: readonly string[]): string {
  return [first, ...more].join('\n  ')
}

/** What a caught value says; an error without a message, such as that of several sockets, says its name. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
