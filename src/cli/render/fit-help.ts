import { wrap } from './wrap.ts'

const EXAMPLE = /^ +kysely-tenants /

/** Commander wraps its own part of a help; this wraps ours, and leaves commands whole, to be copied. */
export function fitHelp(text: string, columns: number | undefined): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (EXAMPLE.test(line)) return [line]
      return wrap(line.split(' '), { columns, indent: /^ */.exec(line)?.[0].length ?? 0 })
    })
    .join('\n')
}
