/** A sentence, and its details on lines of their own. */
export function lines(first: string, more: readonly string[]): string {
  return [first, ...more].join('\n  ')
}

/**
 * The text of a caught value; an error without a message, such as the `AggregateError` of several
 * sockets, gives its name.
 */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
