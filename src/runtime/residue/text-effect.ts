/**
 * The effects of a statement on its session, as far as its text shows.
 * - `clean-up`, `temporary`: a clean-up takes it away
 * - `temporary until commit`: the transaction takes it away
 * - `setting`: one of PostgreSQL's own; only the end of the connection takes it away for certain
 * - `lasting`: the same for what may be any setting
 * - `prepare` and the rest: of one name, and where there is none, of all
 */
export type TextEffect =
  | { readonly kind: SessionEffect; readonly name?: never }
  | { readonly kind: 'prepare' | 'listen'; readonly name: string }
  | { readonly kind: 'deallocate' | 'unlisten'; readonly name: string | undefined }

type SessionEffect = 'clean-up' | 'temporary' | 'temporary until commit' | 'setting' | 'lasting'

/** Does a part of it outlive the transaction, unless it is taken back? */
export function staysOnSession(effect: TextEffect | undefined): boolean {
  return effect !== undefined && !TAKES_BACK.has(effect.kind)
}

const TAKES_BACK: ReadonlySet<string> = new Set([
  'deallocate',
  'unlisten',
  'temporary until commit',
])
