import type { Token } from '../../sql/tokens.ts'
import type { TextEffect } from './text-effect.ts'

/** The words behind which a command begins in the body of a DO block. */
const STARTS = new Set([';', 'begin', 'then', 'else', 'loop'])

/** The commands of a body, each up to its semicolon. */
export function commandsIn(
  words: readonly string[],
  tokens: readonly Token[],
): { readonly words: readonly string[]; readonly tokens: readonly Token[] }[] {
  return words.flatMap((_, at) => {
    if (at > 0 && !STARTS.has(words[at - 1] ?? '')) return []
    const found = words.indexOf(';', at)
    const end = found === -1 ? words.length : found
    return [{ words: words.slice(at, end), tokens: tokens.slice(at, end) }]
  })
}

/** The strings of a body that may be run as SQL. */
export function dynamicTexts(words: readonly string[], tokens: readonly Token[]): string[] {
  if (!words.includes('execute')) return []
  return tokens.flatMap((token) => (token.kind === 'string' ? [token.text] : []))
}

/** One effect for those of all commands of a block, whose order and number their text does not tell. */
export function summary(
  effects: readonly (TextEffect | undefined)[],
): Exclude<TextEffect['kind'], 'prepare' | 'listen' | 'deallocate' | 'unlisten'> | undefined {
  const kinds = new Set(effects.map((effect) => effect?.kind))
  if (LASTING.some((kind) => kinds.has(kind))) return 'lasting'
  if (kinds.has('temporary')) return 'temporary'
  if (kinds.has('clean-up')) return 'clean-up'
  return kinds.has('temporary until commit') ? 'temporary until commit' : undefined
}

const LASTING = ['lasting', 'setting', 'prepare', 'listen'] as const
