import type { Html } from './html.ts'

export interface Fitting<T> {
  readonly shown: readonly Html[]
  /** The items for which there was no room. */
  readonly rest: readonly T[]
}

/** Renders items as long as their markup stays under so many bytes. */
export function fitting<T>(
  items: readonly T[],
  bytes: number,
  render: (item: T) => Html,
): Fitting<T> {
  const shown: Html[] = []
  let left = bytes
  for (const item of items) {
    const rendered = render(item)
    left -= Buffer.byteLength(rendered.markup)
    if (left < 0) break
    shown.push(rendered)
  }
  return { shown, rest: items.slice(shown.length) }
}
