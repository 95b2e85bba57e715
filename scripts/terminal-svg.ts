const CHARACTER = 7.8
const LINE = 19
const MARGIN = 18

const MARKS: ReadonlyMap<string, string> = new Map([
  ['✖', 'bad'],
  ['✔', 'good'],
  ['$', 'good'],
])

/** A piece of a line in one colour. */
interface Span {
  readonly column: number
  readonly text: string
  readonly style: string
}

const STYLE = `
    svg { --paper: #ffffff; --edge: #d0d7de; --ink: #1f2328; --name: #0a6b7c; --good: #116329; --bad: #b3172a; --dim: #59636e }
    @media (prefers-color-scheme: dark) {
      svg { --paper: #0d1117; --edge: #30363d; --ink: #e6edf3; --name: #56d4dd; --good: #3fb950; --bad: #ff7b72; --dim: #9198a1 }
    }
    rect { fill: var(--paper); stroke: var(--edge) }
    text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink); white-space: pre }
    .head { fill: var(--name); font-weight: bold }
    .name { fill: var(--name) }
    .good { fill: var(--good) }
    .bad { fill: var(--bad) }
    .dim { fill: var(--dim) }
    .bold { font-weight: bold }
`

/** Lines of a terminal as a picture whose text is text. Its colours follow the light or the dark of the reader. */
export function terminalSvg(lines: readonly string[], title: string): string {
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER) + 2 * MARGIN
  const height = lines.length * LINE + 2 * MARGIN
  const texts = lines.flatMap((line, row) => {
    const y = MARGIN + row * LINE + 14
    return spansOf(line).map(
      ({ column, text, style }) =>
        `  <text x="${round(MARGIN + column * CHARACTER)}" y="${y}"${style && ` class="${style}"`}>${xmlText(text)}</text>`,
    )
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>${xmlText(title)}</title>
  <style>${STYLE}  </style>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join('\n')}
</svg>
`
}

/** The line, split where the terminal changes its colour. Each piece has a place of its own: fonts differ in width. */
function spansOf(line: string): Span[] {
  if (line.startsWith('━━')) return [{ column: 0, text: line, style: 'head' }]
  const style = styleOf(line)
  const pieces = line.split(
    /([✖✔$](?= |$)|^ {2}[a-z]+(?: scope)?(?= {1,}(?:asks|has|adds|writes|counts) ))/,
  )
  let column = 0
  const spans: Span[] = []
  for (const [index, text] of pieces.entries()) {
    const own = index % 2 === 0 ? style : (MARKS.get(text) ?? 'name')
    const indent = text.length - text.trimStart().length
    if (text.trim() !== '') spans.push({ column: column + indent, text: text.trim(), style: own })
    column += text.length
  }
  return spans
}

function styleOf(line: string): string {
  if (/^exit \d+$|^ *⋮$/.test(line)) return 'dim'
  return line.startsWith('$') ? 'bold' : ''
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
