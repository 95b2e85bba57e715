// These functions run in the page: each must stand on its own.

export function unfold(): void {
  for (const details of document.querySelectorAll('details')) details.open = true
}

/** The elements that reach over the edge of the page, or whose content reaches over theirs. */
export function overflowing(): string[] {
  const width = document.documentElement.clientWidth
  const wide = [...document.body.querySelectorAll('*')].filter((element) => {
    if (element.matches('.spoken, .skip, select, option, input')) return false
    const { left, right } = element.getBoundingClientRect()
    const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
    return left < -0.5 || right > width + 0.5 || isCut
  })
  if (document.documentElement.scrollWidth > width) wide.push(document.documentElement)
  return wide.map((element) => `${element.localName}${element.id && `#${element.id}`}`)
}

/** Texts with too little contrast to what is behind them, as WCAG 2.2 measures it. */
export function faint(): string[] {
  const parse = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number)
  const channel = (value: number) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  const luminance = ([r = 0, g = 0, b = 0]: number[]) =>
    0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const behind = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255]
    const color = parse(getComputedStyle(element).backgroundColor)
    return color[3] === 0 ? behind(element.parentElement) : color
  }
  const found = new Set<string>()
  for (const element of document.body.querySelectorAll('*:not(script)')) {
    const hasText = [...element.childNodes].some((n) => n.nodeType === 3 && n.nodeValue?.trim())
    if (!hasText || element.getClientRects().length === 0) continue
    const [a, b] = [parse(getComputedStyle(element).color), behind(element)].map(luminance)
    const [light, dark] = [Math.max(a ?? 0, b ?? 0), Math.min(a ?? 0, b ?? 0)]
    const contrast = (light + 0.05) / (dark + 0.05)
    if (contrast < 4.5)
      found.add(`${element.localName}.${element.className} ${contrast.toFixed(1)}`)
  }
  return [...found]
}

export function focused(): string {
  const element = document.activeElement
  const label = element?.closest('label') ?? element
  // A field is called what stands before it, not what can be chosen in it.
  const text = label?.matches('.field') ? label.firstChild?.textContent : label?.textContent
  return (text ?? '').replaceAll(/\s+/g, ' ').trim()
}

export function hasFocusRing(): boolean {
  const element = document.activeElement
  return element !== null && getComputedStyle(element).outlineStyle === 'solid'
}

export function unnamed(): string[] {
  const controls = document.querySelectorAll<HTMLInputElement>('input, select, button')
  const without = [...controls].filter(
    (control) => !control.labels?.[0]?.textContent?.trim() && !control.textContent?.trim(),
  )
  const sections = [...document.querySelectorAll('section[aria-labelledby]')].filter(
    (section) => !document.getElementById(section.getAttribute('aria-labelledby') ?? ''),
  )
  return [...without, ...sections].map(({ outerHTML }) => outerHTML.slice(0, 80))
}
