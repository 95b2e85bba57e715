import { type NameToken, type Token, tokensOf } from '../../sql/tokens.ts'
import { administersAt } from './administering.ts'
import { type BodyFacts, type BodyStatement, type NamedCall, NO_BODY } from './body-facts.ts'
import { dynamicAt } from './dynamic-sql.ts'
import { equalitiesOf } from './equalities.ts'
import { namedRelations } from './named-relations.ts'
import { returnedSetting, settingVariables } from './settings-in-body.ts'
import { statementsOf } from './split-statements.ts'
import { wordOf } from './token-tree.ts'

/** The names that the catalog has: others are variables, columns, or of another database. */
export interface KnownNames {
  readonly relations: ReadonlySet<string>
  readonly functions: ReadonlySet<string>
}

/**
 * Reduces a body in SQL or PL/pgSQL to the names in it. A relation is one that stands after `from`,
 * `join`, `into`, `update`, `truncate`, `table`, `using` or a comma of such a list; a function one before
 * a parenthesis.
 */
export function scanBody(source: string, known: KnownNames): BodyFacts {
  const tokens = withBlocks(tokensOf(source))
  const statements = statementsOf(tokens)
  const at = dynamicAt(tokens)
  const variables = settingVariables(statements)
  const inStrings = at === null ? [] : tokens.flatMap((token) => stringStatements(token, known))
  return {
    ...NO_BODY,
    statements: [
      ...statementsIn(statements, known, { isInString: false, variables }),
      ...inStrings,
    ],
    dynamicAt: at,
    administersAt: administersAt(statements),
    returnsSetting: returnedSetting(statements),
    rowColumns: rowColumns(tokens),
    notifies: notified(statements),
    sets: tokens.flatMap((token, i) =>
      settings(token, tokens, i).map((name) => ({ name, at: token.at })),
    ),
  }
}

/** `do $$ … $$` runs as the code around it does. */
function withBlocks(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token, i) => {
    const isBlock = token.kind === 'string' && wordOf(tokens[i - 1]) === 'do'
    if (!isBlock) return token
    const inner = tokensOf(token.text).map((part) => ({ ...part, at: token.at + part.at }))
    return [{ kind: 'symbol', text: ';', at: token.at } as const, ...withBlocks(inner)]
  })
}

interface Surroundings {
  readonly isInString: boolean
  readonly variables?: ReadonlyMap<string, string>
}

function statementsIn(
  statements: readonly (readonly Token[])[],
  known: KnownNames,
  { isInString, variables }: Surroundings,
): BodyStatement[] {
  return statements.flatMap((statement) => {
    const relations = namedRelations(statement)
      .filter(({ name }) => known.relations.has(name))
      .map((relation) => ({ ...relation, isInString }))
    const calls = callsOf(statement, known)
    if (relations.length === 0 && calls.length === 0) return []
    return [
      {
        relations,
        calls,
        equals: equalitiesOf(statement, variables),
      },
    ]
  })
}

// SQL that is put together of strings names its tables there, as far as it names them.
function stringStatements(token: Token, known: KnownNames): BodyStatement[] {
  if (token.kind !== 'string' || !/\s/.test(token.text)) return []
  return statementsIn(statementsOf(tokensOf(token.text)), known, { isInString: true })
}

function callsOf(tokens: readonly Token[], known: KnownNames): NamedCall[] {
  return tokens.flatMap((token, i) => {
    const next = tokens[i + 1]
    if (token.kind !== 'name' || next?.kind !== 'symbol' || next.text !== '(') return []
    const name = token.parts.at(-1) ?? ''
    if (!known.functions.has(name)) return []
    return { schema: schemaOf(token), name, at: token.at }
  })
}

export function schemaOf({ parts }: NameToken): string | null {
  return parts.length > 1 ? (parts.at(-2) ?? null) : null
}

function rowColumns(tokens: readonly Token[]): string[] {
  return [...new Set(tokens.flatMap((token, i) => rowColumn(token, tokens[i - 1])))].sort()
}

function rowColumn(token: Token, previous: Token | undefined): string[] {
  if (token.kind !== 'name' || !['old', 'new'].includes(token.parts[0] ?? '')) return []
  const [, column] = token.parts
  if (column !== undefined) return [column]
  const isReturned = previous?.kind === 'name' && previous.word === 'return'
  return isReturned ? [] : ['*']
}

// A payload stands in the call, or in a variable that was filled before.
function notified(statements: readonly (readonly Token[])[]): string[] | null {
  const sending = statements.filter(isNotify)
  if (sending.length === 0) return null
  const sent = sending.flatMap(rowColumns)
  const assigning = statements.filter((statement) => statement.some(isAssignment))
  return [...new Set(sent.length > 0 ? sent : assigning.flatMap(rowColumns))].sort()
}

function isNotify(statement: readonly Token[]): boolean {
  const [first] = statement
  return (first?.kind === 'name' && first.word === 'notify') || statement.some(sends)
}

// `pg_notify(…)`, `execute 'notify rows, ' || …`
function sends(token: Token): boolean {
  if (token.kind === 'name') return token.parts.at(-1) === 'pg_notify'
  return token.kind === 'string' && /^\s*notify\s/i.test(token.text)
}

function isAssignment(token: Token): boolean {
  return (
    (token.kind === 'symbol' && [':=', '='].includes(token.text)) ||
    (token.kind === 'name' && token.word === 'into')
  )
}

function settings(token: Token, tokens: readonly Token[], i: number): string[] {
  if (token.kind !== 'name') return []
  if (token.parts.at(-1) === 'set_config') {
    const name = tokens[i + 2]
    return [name?.kind === 'string' ? name.text.toLowerCase() : '*']
  }
  const previous = tokens[i - 1]
  const starts = previous === undefined || (previous.kind === 'symbol' && previous.text === ';')
  const begins =
    previous?.kind === 'name' && ['begin', 'then', 'else', 'loop'].includes(previous.word)
  if (token.word !== 'set' || !(starts || begins)) return []
  return settingAfter(tokens, i + 1)
}

function settingAfter(tokens: readonly Token[], i: number): string[] {
  const token = tokens[i]
  if (token?.kind !== 'name') return []
  const next = tokens[i + 1]
  if (token.word === 'session' && next?.kind === 'name' && next.word === 'authorization') {
    return ['session_authorization']
  }
  if (token.word === 'local' || token.word === 'session') return settingAfter(tokens, i + 1)
  return [token.parts.join('.')]
}
