import type { Io } from '../io.ts'
import { paint } from './paint.ts'
import { wrap } from './wrap.ts'

/** Prints lines about the work on stderr. */
export function talk(io: Io): (text: string) => void {
  const mark = paint(io.color).dim('·')
  return (text) => {
    const lines = wrap([mark, ...text.split(' ')], { columns: io.errColumns, indent: 2 })
    io.err(`${lines.join('\n')}\n`)
  }
}
