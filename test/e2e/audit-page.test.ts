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
import { shown, type View, viewPage } from '../support/view-page.ts'

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
        for (let step = 0; step < 10; step++) order.push(await pressed('Tab'))
        expect(order.map((name) => name.replace(/ \d+$/, ''))).to.deep.equal([
          '1 check could not look',
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
          /form "Filters"[\s\S]*group "Level"[\s\S]*searchbox "Table"[\s\S]*combobox "Check"[\s\S]*table[\s\S]*rowheader "public\.projects[\s\S]*cell "rows of others too"[\s\S]*status: 3 new findings\.[\s\S]*img "[^"]*app_user → executes/,
        )
      }))

    it('says what was not looked at on the first screen, of a phone too', () =>
      withPage({ findings: 3 }, async (page) => {
        await page.setViewportSize({ width: 375, height: 667 })
        expect(await page.locator('.unseen li').first().isVisible()).to.equal(true)
        const bottom = await page
          .locator('.unseen')
          .evaluate((e) => e.getBoundingClientRect().bottom)
        expect(bottom).to.be.lessThan(667)
      }))

    it('copies a fix as it is, and leads from the matrix to its finding', () =>
      withPage({ findings: 3 }, async (page) => {
        const finding = page.locator('.finding').first()
        const fix = await finding.locator('.fix code').textContent()
        await finding.getByRole('button', { name: /^Copy the fix of / }).click()
        await page.waitForFunction(() => document.querySelector('.copy')?.textContent === 'Copied')
        await page.focus('#object')
        await page.keyboard.press('Control+V')
        expect(await page.inputValue('#object')).to.equal(fix?.replaceAll('\n', ' '))

        await page.fill('#object', '')
        const link = page.locator('.links a').first()
        await link.click()
        const id = await page.evaluate(() => document.querySelector(':target')?.id)
        expect(`#${id}`).to.equal(await link.getAttribute('href'))
      }))

    it('tells the end of a road from its stops without any colour', () =>
      withPage({ findings: 3 }, async (page) => {
        const road = page.locator('.road').first()
        expect(await road.locator('circle').count()).to.equal(3)
        expect(await road.locator('rect').count()).to.equal(1)
        expect(await road.locator('.number').allTextContents()).to.deep.equal(['1', '2', '3', '4'])
      }))

    it('says all of it without its script', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false })
      const page = await context.newPage()
      await page.goto(pathToFileURL(fileOf(3)).href)
      expect(await page.locator('#filters').isVisible()).to.equal(false)
      expect(await page.locator('.finding:visible').count()).to.equal(3)
      expect(await page.locator('.road svg:visible').count()).to.equal(1)
      expect(await page.locator('.copy').count()).to.equal(0)
      await context.close()
    })

    function fileOf(findings: number): string {
      return join(folder, `${findings}.html`)
    }

    function withPage(
      { findings, ...view }: Omit<View, 'file'> & { readonly findings: number },
      body: (page: Page) => Promise<void>,
      options: Pick<View, 'mayComplain'> = {},
    ): Promise<void> {
      return viewPage(browser, { file: fileOf(findings), ...view, ...options }, body)
    }
  })
}
