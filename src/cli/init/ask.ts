import type { Key } from 'node:readline'
import {
  type CANCEL_SYMBOL,
  confirm,
  isCancel,
  multiselect,
  note,
  select,
  text,
} from '@clack/prompts'
import { initCancelled } from '../../errors/command/init.ts'
import type { Option } from '../../init/answers.ts'
import type { Terminal } from '../io.ts'

/** Questions at a terminal. Each throws `INIT.CANCELLED` on Ctrl-C, Ctrl-D and a closed input. */
export interface Prompts {
  readonly text: (message: string, placeholder: string) => Promise<string>
  readonly one: (message: string, options: readonly Option[]) => Promise<string>
  /** The answer may be empty. */
  readonly any: (message: string, options: readonly Option[]) => Promise<string[]>
  readonly yes: (message: string) => Promise<boolean>
  readonly show: (message: string, title: string) => void
}

export function askAt({ input, output }: Terminal): Prompts {
  // The prompts end on Ctrl-C only: after Ctrl-D or a closed input they would wait for ever.
  const closed = new AbortController()
  for (const event of ['end', 'close']) input.once(event, () => closed.abort())
  input.on('keypress', (_: unknown, key: Key) => {
    if (key.ctrl && key.name === 'd') closed.abort()
  })
  const terminal = { input, output, signal: closed.signal }
  return {
    text: async (message, placeholder) =>
      answered(
        await text({
          ...terminal,
          message,
          placeholder,
          validate: (value) => (value?.trim() ? undefined : 'It is needed.'),
        }),
      ),
    one: async (message, options) =>
      answered(await select({ ...terminal, message, options: options.map(choice) })),
    any: async (message, options) =>
      answered(
        await multiselect({ ...terminal, message, options: options.map(choice), required: false }),
      ),
    yes: async (message) => answered(await confirm({ ...terminal, message })),
    show: (message, title) => note(message, title, { ...terminal, format: (line) => line }),
  }
}

function choice({ value, note: hint }: Option) {
  return { value, label: value, hint }
}

function answered<T>(answer: T | typeof CANCEL_SYMBOL): T {
  if (isCancel(answer)) throw initCancelled()
  return answer
}
