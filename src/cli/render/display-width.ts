import stringWidth from 'fast-string-width'

/** How many columns of a terminal a text takes. Colors take none, wide characters two. */
export function displayWidth(text: string): number {
  // A syllable or letter in parts is shown as one.
  return stringWidth(text.normalize())
}
