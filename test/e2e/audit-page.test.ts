import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { type Browser, chromium, type Page } from 'playwright-core'
import { renderAuditHtml } from '../../src/cli/render/audit-html.ts'
import { auditPage } from '../support/audit-page.ts'
import { chromiumBinary } from '../support/chromium.ts'
import {
  faint,
  focused,
  hasFocusRing,
  overflowing,
  unfold,
  unnamed,
} from '../support/page-probes.ts'

const WIDTHS = [375, 768, 1440]
const SCHEMES = ['light', 'dark'] as const
const FINDINGS = [0, 3, 300]

const binary = chromiumBinary()

if (binary === undefined) {
  describe('the page of the audit', () => {
    const title = 'Chromium is not installed: the page was not opened'
    // Pending tests are in the summary, so a run without Chromium does not look complete.
    if (process.env.CI !== 'true') it(title)
    else it(title, () => expect.fail('apt-get install chromium'))
  })
} else {
  describe('the page of the audit, in Chromium', function () {
    this.timeout(60_000)
    let folder: string
    let browser: Browser

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-page-'))
      for (const findings of FINDINGS) {
        writeFileSync(fileOf(findings), renderAuditHtml(...auditPage(findings)))
      }
      // Root has no sandbox of its own to give away.
      const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
      browser = await chromium.launch({ executablePath: binary, args })
    })
    after(async () => {
      await browser?.close()
      rmSync(folder, { recursive: true })
    })

    for (const findings of FINDINGS) {
      for (const colorScheme of SCHEMES) {
        it(`fits every width, ${colorScheme}, with ${findings} findings`, () =>
          withPage({ findings, colorScheme }, async (page) => {
            await page.evaluate(unfold)
            for (const width of WIDTHS) {
              await page.setViewportSize({ width, height: 800 })
              expect(await page.evaluate(overflowing), `at ${width} px`).to.deep.equal([])
            }
          }))
      }
    }

    it('finds an element that overflows', () =>
      withPage({ findings: 3 }, async (page) => {
        await page.setViewportSize({ width: 375, height: 800 })
        await page.evaluate(() => {
          const wide = document.createElement('p')
          wide.id = 'wide'
          wide.textContent = 'x'.repeat(500)
          // By attribute the policy of the page would refuse it.
          wide.style.overflowWrap = 'normal'
          document.querySelector('main')?.append(wide)
        })
        expect(await page.evaluate(overflowing)).to.include('p#wide')
      }))

    for (const colorScheme of SCHEMES) {
      it(`is legible, ${colorScheme}: each text has a contrast of 4.5 at least`, () =>
        withPage({ findings: 300, colorScheme }, async (page) => {
          await page.evaluate(unfold)
          expect(await page.evaluate(faint)).to.deep.equal([])
        }))
    }

    it('is another picture when it is dark', () =>
      withPage({ findings: 3, colorScheme: 'light' }, async (page) => {
        const light = await page.screenshot()
        await page.emulateMedia({ colorScheme: 'dark' })
        expect((await page.screenshot()).equals(light)).to.equal(false)
      }))

    it('runs nothing that a name smuggles in', () =>
      withPage(
        { findings: 300 },
        async (page) => {
          expect(await page.evaluate(() => 'pwned' in globalThis)).to.equal(false)
          // And would not, if it were markup.
          const ran = await page.evaluate(async () => {
            const image = document.createElement('div')
            image.innerHTML = '<img src="x:" onerror="globalThis.pwned = 1">'
            document.body.append(image)
            const script = document.createElement('script')
            script.textContent = 'globalThis.pwned = 2'
            document.body.append(script)
            await new Promise((resolve) => setTimeout(resolve, 50))
            return 'pwned' in globalThis
          })
          expect(ran).to.equal(false)
        },
        { mayComplain: true },
      ))

    it('can be used by keyboard alone', () =>
      withPage({ findings: 3 }, async (page) => {
        const pressed = async (key: string) => {
          await page.keyboard.press(key)
          return page.evaluate(focused)
        }
        expect(await pressed('Tab')).to.equal('Skip to the findings')
        const order: string[] = []
        for (let step = 0; step < 9; step++) order.push(await pressed('Tab'))
        expect(order.map((name) => name.replace(/ \d+$/, ''))).to.deep.equal([
          'critical',
          'high',
          'medium',
          'low',
          'info',

          'Table',
          'Check',
          'only tables that are not isolated',
          'Reset',
        ])
        expect(await page.evaluate(hasFocusRing)).to.equal(true)

        await page.focus('#object')
        await page.keyboard.type('TASKS')
        expect(await shown(page)).to.deep.equal({
          findings: 1,
          rows: 1,
          policies: 1,
          said: '1 of 3 shown.',
        })
        await page.focus('button[type=reset]')
        await page.keyboard.press('Enter')
        await page.waitForFunction(() =>
          document.querySelector('#count')?.textContent?.startsWith('3'),
        )
        expect(await shown(page)).to.deep.equal({
          findings: 3,
          rows: 4,
          policies: 4,
          said: '3 new findings.',
        })

        await page.focus('details.table:nth-of-type(2) summary')
        await page.keyboard.press('Enter')
        expect(await page.locator('details.table[open]').count()).to.equal(2)
      }))

    it('filters by level, check and verdict', () =>
      withPage({ findings: 300 }, async (page) => {
        const critical = await page.locator('.finding.critical').count()
        for (const level of ['high', 'medium', 'low', 'info'])
          await page.uncheck(`[value=${level}]`)
        expect((await shown(page)).findings).to.equal(critical)

        const check = 'rls-disabled'
        const own = await page.locator(`.finding[data-check=${check}]`).count()
        await page.selectOption('#check', check)
        expect(await shown(page)).to.deep.include({ findings: own, said: `${own} of 300 shown.` })

        await page.check('[name=open]')
        expect(await shown(page)).to.deep.include({ rows: 2, policies: 2 })
      }))

    it('names every control, and every part that can be reached', () =>
      withPage({ findings: 3 }, async (page) => {
        expect(await page.evaluate(unnamed)).to.deep.equal([])
        expect(await page.locator('main').ariaSnapshot()).to.match(
          /form "Filters"[\s\S]*group "Level"[\s\S]*searchbox "Table"[\s\S]*combobox "Check"[\s\S]*status: 3 new findings\.[\s\S]*table[\s\S]*rowheader "public\.projects"[\s\S]*cell "rows of others too"/,
        )
      }))

    it('says all of it without its script', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false })
      const page = await context.newPage()
      await page.goto(pathToFileURL(fileOf(3)).href)
      expect(await page.locator('#filters').isVisible()).to.equal(false)
      expect(await page.locator('.finding').count()).to.equal(3)
      await context.close()
    })

    function fileOf(findings: number): string {
      return join(folder, `${findings}.html`)
    }

    interface View {
      readonly findings: number
      readonly colorScheme?: 'light' | 'dark'
    }

    /** Without anything to complain about in its console. */
    async function withPage(
      { findings, colorScheme = 'light' }: View,
      body: (page: Page) => Promise<void>,
      { mayComplain = false } = {},
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
        await page.goto(pathToFileURL(fileOf(findings)).href)
        await body(page)
        if (!mayComplain) expect(said).to.deep.equal([])
      } finally {
        await page.close()
      }
    }
  })
}

async function shown(page: Page) {
  const visible = (selector: string) => page.locator(`${selector}:visible`).count()
  return {
    findings: await visible('.finding'),
    rows: await visible('tbody tr'),
    policies: await visible('details.table'),
    said: await page.locator('#count').textContent(),
  }
}
