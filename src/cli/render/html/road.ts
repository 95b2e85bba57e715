import { displayWidth } from '../display-width.ts'
import { type Html, html } from './html.ts'

/** In units of the drawing, which are pixels where there is room for all of it. */
const WIDTH = 344
const RAIL = 14
const TEXT = 38
const LINE = 17
const GAP = 15

/** As many characters of the monospaced font as fit beside the rail. */
const COLUMNS = 39

/**
 * A road as a line with a numbered stop for each step: a circle, and a filled square where it ends. It is
 * told apart by shape and number, and its text is the sentence below.
 *
 * @param id unique in the page
 */
export function roadFigure(
  road: readonly string[],
  { id, sentence }: { readonly id: string; readonly sentence: Html },
): Html {
  let top = 0
  const stops = road.map((step, index) => {
    const lines = wrapped(step)
    const stop = { lines, y: top + LINE / 2 + 3, number: index + 1 }
    top += lines.length * LINE + GAP
    return stop
  })
  const height = top - GAP + 6
  const last = stops.at(-1)?.y ?? 0
  return html`<figure class="road">
<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="${id}-words">
<path class="rail" d="M${RAIL} ${LINE}V${last}"/>
${stops.map((stop) => stopMarkup(stop, stop.number === road.length))}</svg>
<p id="${id}-words">${sentence}</p>
</figure>
`
}

interface Stop {
  readonly lines: readonly string[]
  /** The middle of its first line. */
  readonly y: number
  readonly number: number
}

function stopMarkup({ lines, y, number }: Stop, isLast: boolean): Html {
  const shape = isLast
    ? html`<rect class="stop end" x="${RAIL - 10}" y="${y - 10}" width="20" height="20" rx="3"/>`
    : html`<circle class="stop" cx="${RAIL}" cy="${y}" r="10"/>`
  const arrow =
    number === 1 ? html`` : html`<path class="arrow" d="M${RAIL - 4} ${y - 16}l4 5l4-5z"/>`
  const text = lines.map(
    (line, index) =>
      html`<text${isLast ? html` class="end"` : html``} x="${TEXT}" y="${y + 4 + index * LINE}">${line} </text>`,
  )
  return html`${arrow}${shape}<text class="number${isLast ? ' end' : ''}" x="${RAIL}" y="${y + 4}">${number}</text>${text}
`
}

/** Lines that break at blanks, and inside a word only when it is longer than a line. */
function wrapped(step: string): string[] {
  const [first = '', ...words] = step.split(/\s+/).flatMap((word) => chopped(word))
  const lines: string[] = []
  let line = first
  for (const word of words) {
    const longer = `${line} ${word}`
    const isFull = displayWidth(longer) > COLUMNS
    if (isFull) lines.push(line)
    line = isFull ? word : longer
  }
  return [...lines, line]
}

function chopped(word: string): string[] {
  if (displayWidth(word) <= COLUMNS) return [word]
  const pieces = ['']
  for (const character of word) {
    const longer = `${pieces.at(-1)}${character}`
    if (displayWidth(longer) > COLUMNS) pieces.push(character)
    else pieces.splice(-1, 1, longer)
  }
  return pieces
}
