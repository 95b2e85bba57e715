/** A config that is refused, and all that is said about it. */
export interface WrongConfig {
  readonly title: string
  readonly input: unknown
  readonly problems: readonly string[]
}
