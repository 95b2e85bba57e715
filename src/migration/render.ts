import { commentLines } from './comment-lines.ts'
import { fileHead, wayBackHead } from './file-head.ts'
import type { FileKind } from './file-kind.ts'
import { downStatements, upStatements } from './statement-list.ts'
import { hasTransaction, type Phase } from './step.ts'
import { indent } from './syntax.ts'

/**
 * The text of a migration file, formatted as Biome and Prettier leave it alone at a line width of 100.
 *
 * @param template a valid file with holes, the block comments `summary`, `up`, `way back` and `down`;
 * what has only `up` and `summary` is undone by another file
 */
export function renderMigration(template: string, phase: Phase, kind: FileKind): string {
  const { syntax, syntaxWithoutTransaction = syntax } = kind
  const { comment } = syntax
  const upSyntax = hasTransaction(phase) ? syntax : syntaxWithoutTransaction
  const holes: Readonly<Record<string, () => string>> = {
    origin: () => commentLines([kind.origin ?? ''], comment),
    summary: () => commentLines(fileHead(phase), comment),
    'way back': () => commentLines(wayBackHead(phase), comment),
    up: () => upStatements(phase.steps, upSyntax),
    down: () => downStatements(phase.steps, syntax),
  }
  return template.replace(/^( *)\/\* ([a-z ]+) \*\//gm, (hole, margin: string, name: string) => {
    const text = holes[name]?.()
    return text === undefined ? hole : indent(text, margin.length)
  })
}
