import type { ConfigInput } from '../../../src/config/config.ts'

/** A change of the correct schema, with rows of two tenants in it. `@name` is a role of the case alone. */
export interface PlantedCase {
  readonly setup: string
  /** Run by the login of the application, whose tenant is A; an error is an answer like another. */
  readonly proof: readonly string[]
  /** The login begins without a tenant. */
  readonly isWithoutTenant?: true
  /** Done by a superuser after the proof, while the login is connected: what it is told counts as an answer. */
  readonly meanwhile?: string
  readonly config?: Partial<Pick<ConfigInput, 'tables' | 'global' | 'schemas'>>
  /** The first and the last server that it is planted on, as in `server_version_num` / 10,000. */
  readonly since?: number
  readonly until?: number
}

/** One that lets the application reach rows of tenant B. */
export interface PlantedHole extends PlantedCase {
  /** Is in the answers: rows of B. */
  readonly shows?: string
  /** Else asked by a superuser afterwards: true when rows of B are gone or changed. */
  readonly done?: string
  /** The check that finds it. */
  readonly check: string
  /** Is in the words of the road. */
  readonly road: string
}

/** One that looks like a hole and is none. */
export interface CorrectDesign extends PlantedCase {
  /** A row of A, to show that the design works; absent where nothing of it is to be seen. */
  readonly shows?: string
}

export const SECRET = 'SECRET-B'

/** The rows of B. */
export const ALL_OF_B = `(select string_agg(name, ',') from public.projects)`

export const GONE = `select not exists (select from projects where name = 'SECRET-B') as done`
