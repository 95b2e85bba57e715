const RESULTS = new WeakMap<object, object>()

/** Keeps the result so far of a command with the error that ends it: `--json` prints both in one document. */
export function keepResult(error: unknown, result: object): void {
  if (error instanceof Error) RESULTS.set(error, result)
}

/** The result that was kept with this error or with one that caused it. */
export function keptResult(error: unknown): object {
  if (!(error instanceof Error)) return {}
  return RESULTS.get(error) ?? keptResult(error.cause)
}
