import { qualifiedName } from '../../sql/quote.ts'
import type { TableName } from '../../sql/table-name.ts'
import type { Io } from '../io.ts'
import { paint } from './paint.ts'

export interface Progress {
  readonly table: TableName
  readonly filled: number
  /** Rows without a tenant when it began. */
  readonly total: number
  readonly milliseconds: number
}

export interface ProgressView {
  readonly progress: (progress: Progress) => void
  /** A line of talk, above the bar where there is one. */
  readonly say: (text: string) => void
  /** Takes the bar away. */
  readonly clear: () => void
}

const CLEAR_LINE = '\r\u001b[2K'
const FIRST_LINE = 1000
const LONGEST_PAUSE = 30_000

/** A bar that is drawn again after each batch; where stderr is no terminal, a line now and then. */
export function showProgress(io: Io): ProgressView {
  const c = paint(io.color)
  const line = (text: string) => io.err(`${c.dim('·')} ${text}\n`)
  const { errColumns } = io
  if (errColumns === undefined) {
    return { progress: nowAndThen(line), say: line, clear: () => undefined }
  }
  const clear = () => io.err(CLEAR_LINE)
  return {
    progress: (progress) => io.err(`${CLEAR_LINE}${renderBar(progress, errColumns)}`),
    say: (text) => {
      clear()
      line(text)
    },
    clear,
  }
}

function nowAndThen(line: (text: string) => void): (progress: Progress) => void {
  let [table, pause, next] = ['', FIRST_LINE, FIRST_LINE]
  return (progress) => {
    const name = qualifiedName(progress.table)
    if (name !== table) [table, pause, next] = [name, FIRST_LINE, FIRST_LINE]
    if (progress.milliseconds < next || progress.filled >= progress.total) return
    line(renderProgress(progress))
    pause = Math.min(2 * pause, LONGEST_PAUSE)
    next = progress.milliseconds + pause
  }
}

/** The time that is left is an extrapolation of the time that was needed so far, pauses included. */
export function renderProgress(progress: Progress): string {
  const { table, milliseconds } = progress
  return `${qualifiedName(table)}: ${Math.round(milliseconds / 1000)} s; ${numbers(progress)}`
}

export function renderBar(progress: Progress, columns: number): string {
  const { table, filled, total } = progress
  const [before, after] = [`${qualifiedName(table)}  `, `  ${numbers(progress)}`]
  const width = Math.min(columns - before.length - after.length - 1, 40)
  const text = [...`${before}${bar(filled / total, width)}${after}`]
  // A line that wraps could not be drawn over.
  return text.slice(0, columns - 1).join('')
}

function bar(share: number, width: number): string {
  if (width < 1) return ''
  const full = Math.min(width, Math.round(share * width))
  return '█'.repeat(full) + '░'.repeat(width - full)
}

function numbers({ filled, total, milliseconds }: Progress): string {
  const percent = Math.min(100, Math.floor((100 * filled) / total))
  const rate = (1000 * filled) / Math.max(milliseconds, 1)
  const left = filled === 0 ? '' : `, ${duration((total - filled) / rate)} left`
  return `${percent} % of ${total} rows, ${Math.round(rate)} rows/s${left}`
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`
}
