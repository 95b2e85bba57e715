/**
 * Holds the sources to how we write: `npm run words` prints the counts, `npm run words -- --list`
 * each place, and the exit code is 1 where a count is over its limit.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript-5.9'

interface Place {
  readonly file: string
  readonly line: number
  readonly text: string
}

interface Source {
  readonly file: string
  readonly text: string
  readonly tree: ts.SourceFile
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const FOLDERS = ['src', 'test', 'bench', 'examples', 'docs', 'scripts']
const MAX_LINES = 250

/** Files that the tests compare, line by line, with the output of the command. */
const GENERATED = ['test/db/migration/golden/tenants_5_policies.ts']

const QUESTION = /^(?:what|who|whose|whoever)\b|[.!?] (?:What|Who|Whose|Whoever)\b/i
const VAGUE = /\b(?:nobody|somebody|nothing|whoever|stranger|orphan|doom)/i

const sources = FOLDERS.flatMap(sourcesIn)
const comments = sources.flatMap(commentsOf)
const long = sources.filter(({ file }) => /^(src|test)\//.test(file)).flatMap(tooLong)

const kept = [
  holds('comments that begin with what or who', matching(comments, QUESTION), comments.length, 1),
  holds('comments with nobody, nothing, …', matching(comments, VAGUE), comments.length, 2),
  holds(`files over ${MAX_LINES} lines`, long),
  holds('spreads of a literal', sources.flatMap(literalSpreads)),
]
process.exitCode = kept.includes(false) ? 1 : 0

/** Print one count. With `total` the limit is a percentage of it, else a number. */
function holds(name: string, places: readonly Place[], total?: number, limit = 0): boolean {
  const percent = (100 * places.length) / (total ?? 1)
  const isKept = total === undefined ? places.length <= limit : percent <= limit
  const share = total === undefined ? '' : ` of ${total}, ${percent.toFixed(1)} %`
  const unit = total === undefined ? '' : ' %'
  print(`${isKept ? '✔' : '✘'} ${name}: ${places.length}${share} (limit ${limit}${unit})`)
  if (process.argv.includes('--list')) {
    for (const { file, line, text } of places) print(`    ${file}:${line} ${text}`)
  }
  return isKept
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.includes('node_modules'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8')
      return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) }
    })
}

/** The comments of a file in one line each; `//` lines that follow each other are one comment. */
function commentsOf({ file, text, tree }: Source): Place[] {
  const found: (Place & { readonly end: number })[] = []
  for (const { pos, end, kind } of commentRanges(tree)) {
    const words = plainText(text.slice(pos, end))
    const previous = found.at(-1)
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia
    if (previous && isLine && /^\n[ \t]*$/.test(text.slice(previous.end, pos))) {
      found.splice(-1, 1, { ...previous, text: `${previous.text} ${words}`, end })
    } else {
      found.push({ file, line: lineOf(tree, pos), text: words, end: isLine ? end : -1 })
    }
  }
  return found
}

function commentRanges(tree: ts.SourceFile): ts.CommentRange[] {
  const ranges = new Map<number, ts.CommentRange>()
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return
    node.getChildren(tree).forEach(visit)
    if (node.getChildCount(tree) > 0) return
    for (const range of [
      ...(ts.getTrailingCommentRanges(tree.text, node.pos) ?? []),
      ...(ts.getLeadingCommentRanges(tree.text, node.pos) ?? []),
    ]) {
      ranges.set(range.pos, range)
    }
  }
  visit(tree)
  return [...ranges.values()].sort((one, other) => one.pos - other.pos)
}

function plainText(comment: string): string {
  return comment
    .replace(/^\/\*\*?|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\/+|\*)?\s*/, '').trimEnd())
    .join(' ')
    .trim()
}

function matching(places: readonly Place[], words: RegExp): Place[] {
  return places.filter(({ text }) => words.test(text))
}

function tooLong({ file, text }: Source): Place[] {
  const lines = text.split('\n').length - 1
  if (lines <= MAX_LINES || GENERATED.includes(file)) return []
  return [{ file, line: lines, text: `${lines} lines` }]
}

/** `...{ a, b }` and `...['a', 'b']`: written for the line breaks that the formatter would make. */
function literalSpreads({ file, tree }: Source): Place[] {
  const places: Place[] = []
  const visit = (node: ts.Node): void => {
    const isSpread = ts.isSpreadAssignment(node) || ts.isSpreadElement(node)
    if (isSpread && isLiteral(node.expression)) {
      const [text = ''] = node.getText(tree).split('\n')
      places.push({ file, line: lineOf(tree, node.getStart(tree)), text })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return places
}

function isLiteral(expression: ts.Expression): boolean {
  if (ts.isAsExpression(expression) || ts.isParenthesizedExpression(expression)) {
    return isLiteral(expression.expression)
  }
  return ts.isObjectLiteralExpression(expression) || ts.isArrayLiteralExpression(expression)
}

function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1
}
