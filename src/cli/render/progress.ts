import { qualifiedName } from '../../sql/quote.ts'
import type { TableName } from '../../sql/table-name.ts'
import type { Io } from '../io.ts'
import { displayWidth } from './display-width.ts'
import { talk } from './talk.ts'
import { truncate } from './truncate.ts'

export interface Progress {
  readonly table: TableName
  readonly filled: number
  /** Rows without a tenant at the start. */
  readonly total: number
  readonly milliseconds: number
}

export interface ProgressView {
  readonly progress: (progress: Progress) => void
  /** Prints a line, above the bar where there is one. */
  readonly say: (text: string) => void
  /** Removes the bar. */
  readonly clear: () => void
}

const CLEAR_LINE = '\r\u001b[2K'
const FIRST_LINE = 1000
const LONGEST_PAUSE = 30_000

const DEFAULT_COLUMNS = 80
const LONGEST_BAR = 40
const SHORTEST_NAME = 8

/** Draws a bar after each batch; where stderr is no terminal, prints a line now and then. The first second has none. */
export function showProgress(io: Io): ProgressView {
  const line = talk(io)
  if (io.errColumns === undefined) {
    return { progress: nowAndThen(line), say: line, clear: () => undefined }
  }
  const clear = () => io.err(CLEAR_LINE)
  return {
    // Read again each time: a terminal can be resized.
    progress: (progress) => {
      if (progress.milliseconds < FIRST_LINE) return
      io.err(`${CLEAR_LINE}${renderBar(progress, io.errColumns)}`)
    },
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
  const seconds = Math.round(milliseconds / 1000)
  return `${qualifiedName(table)}: ${seconds} s; ${numbers(progress).join(', ')}`
}

/**
 * One line, narrower than the terminal: a line that wraps could not be drawn over. The share of the rows
 * comes first, then the name of the table, then the other numbers, then the bar.
 */
export function renderBar(progress: Progress, columns: number = DEFAULT_COLUMNS): string {
  const room = columns - 1
  const [share, ...more] = numbers(progress)
  const widest = Math.max(room - displayWidth(`  ${share}`), SHORTEST_NAME)
  const name = truncate(qualifiedName(progress.table), widest)
  const fits = (text: string) => displayWidth(`${name}  ${text}`) <= room
  const text = more.reduce(
    (line, next) => (fits(`${line}, ${next}`) ? `${line}, ${next}` : line),
    share,
  )
  const width = Math.min(room - displayWidth(`${name}    ${text}`), LONGEST_BAR)
  const middle = width < 1 ? '' : `${bar(progress.filled / progress.total, width)}  `
  return truncate(`${name}  ${middle}${text}`, room)
}

function bar(share: number, width: number): string {
  const full = Math.min(width, Math.round(share * width))
  return '█'.repeat(full) + '░'.repeat(width - full)
}

function numbers({ filled, total, milliseconds }: Progress): [string, ...string[]] {
  const percent = Math.min(100, Math.floor((100 * filled) / total))
  const rate = (1000 * filled) / Math.max(milliseconds, 1)
  const left = filled === 0 ? [] : [`${duration((total - filled) / rate)} left`]
  return [`${percent} % of ${total} rows`, `${Math.round(rate)} rows/s`, ...left]
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`
}
