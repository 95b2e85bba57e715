import { displayWidth } from './display-width.ts'
import { wrap } from './wrap.ts'

/** The beginning of a text that is too wide, with `…` at its end; no character of it is cut in two. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (displayWidth(`${kept}${segment}…`) > columns) break
    kept += segment
  }
  return columns < 1 ? '' : `${kept}…`
}

/** The first words of a text that is too wide, with `…` after them. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  const [line = ''] = wrap(text, { columns: columns - 2 })
  return `${line} …`
}
