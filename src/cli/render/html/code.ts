import { type Html, html } from './html.ts'

/** A token that is longer may have to break on a phone. */
const LONG = 24

/** Where a long token may break: behind these characters. */
const JOINT = /(?<=[.,(:_=/]+)(?![.,(:_=/)])/

/**
 * Code or prose that breaks between its tokens: a long token gets places to break at its dots, brackets and
 * underscores, which are no characters of their own when it is copied.
 */
export function breakable(text: string): Html {
  const tokens = text.split(/(\s+)/)
  return html`${tokens.map((token) => (token.length > LONG ? withPlaces(token) : html`${token}`))}`
}

function withPlaces(token: string): Html {
  const [first = '', ...parts] = token.split(JOINT)
  return html`${first}${parts.map((part) => html`<wbr>${part}`)}`
}
