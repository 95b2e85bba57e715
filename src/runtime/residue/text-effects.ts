import { type NameToken, type Token, tokensOf } from '../../sql/tokens.ts'
import { SETTINGS } from './facts.ts'

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

/** As the server names commands that may change their session. */
const COMMANDS = new Set([
  'SET',
  'RESET',
  'DISCARD',
  'DEALLOCATE',
  'PREPARE',
  'LISTEN',
  'UNLISTEN',
  'DECLARE',
  'LOAD',
])
// Of all other statements nearly none has such words.
const SUSPECT = /\b(?:create|into)\b[\s\S]*\btemp(?:orary)?\b|\bpg_temp\b|\bset_config\b/i
const MAX_LENGTH = 65_536
const LASTING: TextEffect = { kind: 'lasting' }
const CLEAN_UP: TextEffect = { kind: 'clean-up' }

/** @param command the server's tag of the statement, which has succeeded */
export function effectOf(text: string, command: string | undefined): TextEffect | undefined {
  const isCommand = command !== undefined && COMMANDS.has(command)
  if (!isCommand && !SUSPECT.test(text)) return undefined
  if (text.length > MAX_LENGTH) return LASTING
  const tokens = tokensOf(text)
  const words = tokens.map(wordOf)
  return (isCommand && commandEffect(words, tokens)) || queryEffect(words, tokens)
}

function commandEffect(words: readonly string[], tokens: readonly Token[]): TextEffect | undefined {
  switch (words[0]) {
    case 'set':
    case 'reset':
      return settingEffect(words[0], words.slice(isOfSession(words) ? 2 : 1))
    case 'discard':
      return words[1] === 'all' ? LASTING : undefined
    case 'prepare':
      return words[1] === 'transaction' ? undefined : makes('prepare', tokens[1])
    case 'listen':
      return makes('listen', tokens[1])
    case 'deallocate':
      return { kind: 'deallocate', name: nameOf(tokens[words[1] === 'prepare' ? 2 : 1]) }
    case 'unlisten':
      return { kind: 'unlisten', name: nameOf(tokens[1]) }
    case 'declare':
      return /\bwith hold for\b/.test(words.join(' ')) ? CLEAN_UP : undefined
    default:
      return words[0] === 'load' ? LASTING : undefined
  }
}

const KNOWN = new Set([
  ...SETTINGS.map((name) => name.toLowerCase()),
  'role',
  'schema',
  'names',
  'characteristics',
])
const TWO_WORDS = new Set(['session authorization', 'time zone', 'transaction isolation'])

/** Settings that a clean-up restores. */
function settingEffect(verb: 'set' | 'reset', words: readonly string[]): TextEffect | undefined {
  const [first = '', second = ''] = words
  const isOfTransaction = first === 'local' || first === 'constraints' || first === 'transaction'
  if (verb === 'set' && isOfTransaction) return undefined
  if (KNOWN.has(first) || TWO_WORDS.has(`${first} ${second}`)) return CLEAN_UP
  // A name with a dot or in quotes may be that of the tenant.
  const isBuiltIn = BUILT_IN.test(first) && first !== 'all' && ASSIGNS.has(second)
  return isBuiltIn ? { kind: 'setting' } : LASTING
}

const BUILT_IN = /^[a-z_]+$/
const ASSIGNS = new Set(['', ';', '=', 'to'])

/** `set session work_mem`, and not `set session authorization`. */
function isOfSession([, first, second]: readonly string[]): boolean {
  return first === 'session' && second !== 'authorization'
}

function makes(kind: 'prepare' | 'listen', token: Token | undefined): TextEffect {
  const name = nameOf(token)
  return name === undefined ? LASTING : { kind, name }
}

function nameOf(token: Token | undefined): string | undefined {
  return token?.kind === 'name' && token.word !== 'all' ? token.parts.join('.') : undefined
}

/** Of a statement that creates temporary objects, or calls `set_config`. */
function queryEffect(words: readonly string[], tokens: readonly Token[]): TextEffect | undefined {
  if (words[0] === 'do') return doEffect(tokens)
  if (tokens.some((token, i) => setsForSession(token, words, i))) return LASTING
  const isTemporary = words.some((word, i) => isTemp(word) && createsAt(words, i))
  const namesSchema = tokens.some((token) => token.kind === 'name' && token.parts[0] === 'pg_temp')
  if (!isTemporary && !namesSchema) return undefined
  const isDropped = words.join(' ').includes('on commit drop')
  return { kind: isDropped ? 'temporary until commit' : 'temporary' }
}

/** The body is a string, in which the names of functions may be in strings again. */
function doEffect(tokens: readonly Token[]): TextEffect | undefined {
  const body = tokens.find((token) => token.kind === 'string')?.text ?? ''
  if (/\bset_config\b/i.test(body)) return LASTING
  return SUSPECT.test(body) ? { kind: 'temporary' } : undefined
}

function isTemp(word: string): boolean {
  return word === 'temp' || word === 'temporary'
}

/** `create [or replace] [local | global] temp` or `select … into [local | global] temp`. */
function createsAt(words: readonly string[], at: number): boolean {
  const isScoped = words[at - 1] === 'local' || words[at - 1] === 'global'
  const before = words.slice(0, isScoped ? at - 1 : at)
  const last = before.at(-1)
  const second = before.at(-2)
  if (last === 'create' || (last === 'replace' && second === 'or')) return true
  return last === 'into' && second !== 'insert' && second !== 'merge'
}

function setsForSession(token: Token, words: readonly string[], at: number): boolean {
  if (token.kind !== 'name' || token.parts.at(-1) !== 'set_config') return false
  if (words[at + 1] !== '(') return false
  return !isLocal(words.slice(at + 2))
}

/** Whether the third argument of a call is `true`; whatever is written in another way is not. */
function isLocal(words: readonly string[]): boolean {
  let depth = 0
  let comma = 0
  for (const [i, word] of words.entries()) {
    if (word === '(') depth++
    else if (word === ')' && depth-- === 0) return false
    else if (word === ',' && depth === 0 && ++comma === 2) {
      return words[i + 1] === 'true' && words[i + 2] === ')'
    }
  }
  return false
}

function wordOf(token: Token): string {
  if (token.kind === 'symbol') return token.text
  return token.kind === 'name' ? wordOfName(token) : "''"
}

/** Quoted names and qualified ones are no keywords. */
function wordOfName({ word, parts }: NameToken): string {
  return word === '' && parts.length > 1 ? parts.join('.') : word
}
