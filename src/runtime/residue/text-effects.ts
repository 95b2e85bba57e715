import { type NameToken, type Token, tokensOf } from '../../sql/tokens.ts'
import { firstKeyword } from '../statement-text.ts'
import { commandsIn, dynamicTexts, summary } from './body-effects.ts'
import { SETTINGS } from './facts.ts'
import type { TextEffect } from './text-effect.ts'

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
  'DO',
])
// Of all other statements nearly none has such words.
const SUSPECT =
  /\b(?:create|into)\b[\s\S]*\btemp(?:orary)?\b|\bpg_temp\b|\bset_config\b|\bpg_settings\b|\bu&["']/i
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
  const effect = isCommand ? commandEffect(words, tokens) : undefined
  // The statement that is prepared may do more than the PREPARE.
  const isQuery = effect === undefined || effect.kind === 'prepare'
  const inner = isQuery ? queryEffect(words, tokens) : undefined
  return inner?.kind === 'lasting' ? inner : (effect ?? inner)
}

/** Of a statement that has failed: the server has undone it, unless it has committed in between. */
export function effectOfFailed(text: string): TextEffect | undefined {
  const command = firstKeyword(text)
  return command === 'DO' || command === 'CALL' ? effectOf(text, command) : undefined
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
  if (setsInString(tokens)) return LASTING
  const isTemporary = words.some((word, i) => isTemp(word) && createsAt(words, i))
  const namesSchema = tokens.some((token) => token.kind === 'name' && token.parts[0] === 'pg_temp')
  if (!isTemporary && !namesSchema) return undefined
  const isDropped = words.join(' ').includes('on commit drop')
  return { kind: isDropped ? 'temporary until commit' : 'temporary' }
}

/** The body is a string, and so are the commands that it runs with EXECUTE. */
function doEffect(block: readonly Token[]): TextEffect | undefined {
  const body = block.find((token) => token.kind === 'string')?.text ?? ''
  if (/\bset_config\b/i.test(body)) return LASTING
  const tokens = tokensOf(body)
  const words = tokens.map(wordOf)
  const kind = summary([
    SUSPECT.test(body) ? { kind: 'temporary' } : undefined,
    ...commandsIn(words, tokens).map((command) => statementEffect(command.words, command.tokens)),
    ...dynamicTexts(words, tokens).map((text) => effectOf(text, firstKeyword(text))),
  ])
  return kind && { kind }
}

function statementEffect(
  words: readonly string[],
  tokens: readonly Token[],
): TextEffect | undefined {
  const isCommand = COMMANDS.has(words[0]?.toUpperCase() ?? '')
  return isCommand && words[0] !== 'do' ? commandEffect(words, tokens) : queryEffect(words, tokens)
}

/** Functions that run the text that they are given. */
const RUNS_TEXT = /^(?:(?:query|cursor)_to_xml\w*|ts_stat|ts_rewrite)$/

function setsInString(tokens: readonly Token[]): boolean {
  const runs = (token: Token) => token.kind === 'name' && RUNS_TEXT.test(token.parts.at(-1) ?? '')
  const sets = (token: Token) => token.kind === 'string' && /\bset_config\b/i.test(token.text)
  return tokens.some(sets) && tokens.some(runs)
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
  if (token.kind !== 'name') return false
  const name = token.parts.at(-1)
  // Its rule calls `set_config`.
  if (name === 'pg_settings') return UPDATES.test(words.slice(0, at).join(' '))
  if (name !== 'set_config') return false
  if (words[at + 1] !== '(') return false
  return !isLocal(words.slice(at + 2))
}

const UPDATES = /\bupdate(?: only)?(?: \()*$/

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
