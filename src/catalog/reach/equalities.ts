import type { Token } from '../../sql/tokens.ts'
import type { Equality } from './body-facts.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { type Operand, operandOf } from './operand.ts'
import { isSymbol, levelsOf, type Node, splitAt, treeOf, wordOf } from './token-tree.ts'

/**
 * The columns that must equal something in every row that a statement uses: conditions of its WHERE and ON
 * that are joined by AND. Below NOT, OR and CASE nothing must be true, nor in a list of columns.
 *
 * @param settings the variables that hold a setting, by their names
 */
export function equalitiesOf(
  statement: readonly Token[],
  settings: ReadonlyMap<string, string> = new Map(),
): Equality[] {
  const says = statement.some((token) => isSymbol(token, '=') || wordOf(token) === 'using')
  if (!says) return []
  const found = levelsOf(treeOf(statement)).flatMap((level, index) =>
    clausesOf(level)
      .flatMap((clause) => ofClause(clause, settings))
      .map(({ equality, tables }) => ({
        equality,
        key: JSON.stringify([index, tables]),
      })),
  )
  // A condition that is said twice binds one table.
  return [...new Map(found.map(({ key, equality }) => [key, equality])).values()]
}

interface Bound {
  readonly equality: Equality
  /** The columns in it, each behind what stands before it. */
  readonly tables: readonly string[]
}

function ofClause(
  { nodes, nullable, using }: Clause,
  settings: ReadonlyMap<string, string>,
): Bound[] {
  const shared = using.map(
    (name): Bound => ({
      equality: { column: name, to: 'column', name },
      tables: [`using.${name}`],
    }),
  )
  const equal = conjunctsOf(nodes).flatMap((part) => equalityOf(part, settings))
  // The ON of a left join leaves the rows on its left as they are.
  const binding = equal.filter(({ tables }) => nullable === undefined || isOf(nullable, tables))
  return [...shared, ...binding]
}

function conjunctsOf(nodes: readonly Node[]): (readonly Node[])[] {
  if (nodes.some((node) => wordOf(node) === 'or')) return []
  return splitAt(nodes, (node) => wordOf(node) === 'and').flatMap((part) => {
    const [first, ...rest] = part
    const isPlain =
      first?.kind === 'group' && rest.length === 0 && wordOf(first.nodes[0]) !== 'select'
    return isPlain ? conjunctsOf(first.nodes) : [part]
  })
}

function equalityOf(part: readonly Node[], settings: ReadonlyMap<string, string>): Bound[] {
  const at = part.findIndex((node) => isSymbol(node, '='))
  if (at === -1) return []
  const sides = [part.slice(0, at), part.slice(at + 1)].map((nodes) =>
    withVariables(operandOf(nodes), settings),
  )
  const [left, right] = sides
  if (!left || !right) return []
  const [column, value] = left.to === 'column' ? [left, right] : [right, left]
  if (column.to !== 'column' || isSame(column, value)) return []
  const tables = [column, value].flatMap(({ to, of = '', name }) =>
    to === 'column' ? `${of}.${name}` : [],
  )
  return [
    { equality: { column: column.name, to: value.to, name: value.name }, tables: tables.sort() },
  ]
}

function isSame(a: Operand, b: Operand): boolean {
  return a.to === b.to && a.name === b.name && a.of === b.of
}

function isOf(table: string, columns: readonly string[]): boolean {
  return columns.some((column) => column.startsWith(`${table}.`))
}

function withVariables(
  operand: Operand | undefined,
  settings: ReadonlyMap<string, string>,
): Operand | undefined {
  if (operand?.to !== 'column' || operand.of !== undefined) return operand
  const setting = settings.get(operand.name)
  return setting === undefined ? operand : { to: 'setting', name: setting }
}
