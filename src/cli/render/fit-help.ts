import { wrap } from './wrap.ts'

const EXAMPLE = /^ +kysely-tenants /

/** Wraps the part of a help that Commander does not wrap. Examples stay whole, to be copied. */
export function fitHelp(text: string, columns: number | undefined): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (EXAMPLE.test(line)) return [line]
      return wrap(line.split(' '), { columns, indent: /^ */.exec(line)?.[0].length ?? 0 })
    })
    .join('\n')
}
