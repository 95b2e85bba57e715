import type { Syntax } from './syntax.ts'

// Names and defaults are not ours: a line break in one of them would end the comment.
export function commentLines(lines: readonly string[], sign: Syntax['comment']): string {
  return lines
    .map((line) => `${sign} ${line.replace(/[\n\r\u2028\u2029]+/g, ' ')}`.trimEnd())
    .join('\n')
}

export function wrapped(text: string): string[] {
  return text.match(/\S.{0,90}(?!\S)|\S+/gs) ?? []
}
