/** Markup that is safe as it is. Only {@link html} makes it from text of others. */
export interface Html {
  readonly markup: string
}

type Value = string | number | Html | readonly Html[]

/** Escapes every value that is not markup itself, for text and for quoted attributes. */
export function html(texts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = texts.map((text, index) => text + markupOf(values[index] ?? ''))
  return { markup: parts.join('') }
}

/** Only for the files of this package that are put into the page. */
export function trusted(markup: string): Html {
  return { markup }
}

function markupOf(value: Value): string {
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// Invisible characters can turn the text around them: https://trojansource.codes.
const INVISIBLE = /(?![\t\n])[\p{Cc}\p{Cf}]/gu

function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
