import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'

export interface View {
  readonly file: string
  readonly colorScheme?: 'light' | 'dark'
  /** The browser may complain in its console. */
  readonly mayComplain?: boolean
}

/** Opens a file in a browser: it must complain about nothing, and ask for no other file. */
export async function viewPage(
  browser: Browser,
  { file, colorScheme = 'light', mayComplain = false }: View,
  body: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1024, height: 800 }, colorScheme })
  // tsx leaves calls of `__name` in a function that is sent to the page.
  await page.addInitScript('globalThis.__name = (value) => value')
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) said.push(request.url())
  })
  try {
    await page.goto(pathToFileURL(file).href)
    await body(page)
    if (!mayComplain) expect(said).to.deep.equal([])
  } finally {
    await page.close()
  }
}

/** How much of the page its filters leave. */
export async function shown(page: Page): Promise<Shown> {
  const visible = (selector: string) => page.locator(`${selector}:visible`).count()
  return {
    findings: await visible('.finding'),
    rows: await visible('tbody tr'),
    policies: await visible('details.table'),
    said: await page.locator('#count').textContent(),
  }
}

interface Shown {
  readonly findings: number
  readonly rows: number
  readonly policies: number
  readonly said: string | null
}
