import { errScreen, type Io } from '../io.ts'
import { paint } from './paint.ts'
import { wrap } from './wrap.ts'

/** Prints lines about the work on stderr. */
export function talk(io: Io): (text: string) => void {
  const { color } = errScreen(io)
  const mark = paint(color).dim('·')
  return (text) => {
    const { columns } = errScreen(io)
    const lines = wrap([mark, ...text.split(' ')], { columns, indent: 2 })
    io.err(`${lines.join('\n')}\n`)
  }
}
