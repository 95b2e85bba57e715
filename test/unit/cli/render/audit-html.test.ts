import { expect } from 'chai'
import type { AuditReport } from '../../../../src/audit/audit.ts'
import { renderAuditHtml } from '../../../../src/cli/render/audit-html.ts'
import { differenceOf } from '../../../../src/cli/render/html/difference.ts'
import { html } from '../../../../src/cli/render/html/html.ts'
import { auditPage, HOSTILE } from '../../../support/audit-page.ts'

describe('html', () => {
  it('escapes what is put into text and attributes', () => {
    const { markup } = html`<p title="${`"><script>`}">${`a & b < c > d " '`}</p>`
    expect(markup).to.equal(
      '<p title="&quot;&gt;&lt;script&gt;">a &amp; b &lt; c &gt; d &quot; &#39;</p>',
    )
  })

  it('leaves its own markup as it is, alone and in a list', () => {
    const item = html`<li>${'<b>'}</li>`
    expect(html`<ul>${[item, item]}</ul>`.markup).to.equal(
      '<ul><li>&lt;b&gt;</li><li>&lt;b&gt;</li></ul>',
    )
  })

  it('shows characters that would turn or hide the text around them', () => {
    expect(html`${'a\u202eb\u0000c\td\n'}`.markup).to.equal('a\\u{202e}b\\u{0}c\td\n')
  })
})

describe('differenceOf', () => {
  const shown = (is: string, wanted: string) =>
    differenceOf(is, wanted)
      .map(({ kind, text }) => ({ same: text, is: `[-${text}-]`, wanted: `{+${text}+}` })[kind])
      .join('')

  it('marks words in a line that is much the same', () => {
    expect(shown('  to app_user, public\n', '  to app_user\n')).to.equal(
      '  to app_user[-, public-]\n',
    )
  })

  it('marks the whole line where little is left of it', () => {
    expect(shown('a\n  using (true)\n', 'a\n  using (tenant_id = 1)\nb\n')).to.equal(
      'a\n[-  using (true)\n-]{+  using (tenant_id = 1)\nb\n+}',
    )
  })

  it('marks all of what is missing', () => {
    expect(shown('', 'a\nb\n')).to.equal('{+a\nb\n+}')
  })

  it('leaves out and brings back exactly what it was given', () => {
    const [is, wanted] = ['x = 1\nand y\nor "ä🐘" = 2\n', 'x = 2\nor "ä🐘" in (2)\nand z\n']
    const pieces = differenceOf(is, wanted)
    const without = (kind: string) =>
      pieces.filter((piece) => piece.kind !== kind).map(({ text }) => text)
    expect([without('wanted').join(''), without('is').join('')]).to.deep.equal([is, wanted])
  })

  it('compares texts of many words without waiting for them', () => {
    const words = (seed: number) =>
      `${Array.from({ length: 5000 }, (_, i) => i * seed).join(' ')}\n`
    expect(differenceOf(words(3), words(7)).map(({ kind }) => kind)).to.deep.equal(['is', 'wanted'])
  })
})

describe('audit --format html', () => {
  it('needs nothing but itself', () => {
    const page = renderAuditHtml(...auditPage(3))
    const loading = /<(?:link|img|iframe|object|embed|base|audio|video)\b|<script\s|@import|url\(/g
    const loaded = [...page.matchAll(loading)]
    expect(loaded.map(([text]) => text)).to.deep.equal([])
  })

  it('allows its own script and style, and nothing else', () => {
    const csp = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(
      renderAuditHtml(...auditPage(0)),
    )?.[1]
    expect(csp?.replaceAll(/sha256-[\w+/=]{44}/g, 'sha256-…').replaceAll('&#39;', "'")).to.equal(
      "default-src 'none'; style-src 'sha256-…'; script-src 'sha256-…'; base-uri 'none'; form-action 'none'",
    )
  })

  it('lets no name be markup', () => {
    const page = renderAuditHtml(...auditPage(3))
    expect(page.match(/<script/g)).to.have.lengthOf(1)
    expect(page).not.to.include(HOSTILE)
    expect(page).to.include('&lt;img src=x onerror=')
  })

  it('begins with date, database, config and version, with what was not looked at, and the matrix', () => {
    const page = renderAuditHtml(...auditPage(3))
    const order = [
      'Audit by kysely-tenants 1.2.3',
      '<code>shop</code>',
      '<time datetime="2026-11-29T17:05:09Z">2026-11-29 17:05 UTC</time>',
      'PostgreSQL 18.4',
      '<code>kysely-tenants.config.ts</code>',
      'global: public.countries (which is believed)',
      'id="matrix"',
      'id="findings"',
      'id="passed"',
      'id="policies"',
    ].map((text) => page.indexOf(text))
    expect(order).to.not.include(-1)
    expect(order).to.deep.equal(order.toSorted((a, b) => a - b))
  })

  it('links each finding from the matrix, and every link leads somewhere', () => {
    const page = renderAuditHtml(...auditPage(300))
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).to.equal(ids.length)
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
    expect(links.filter((id) => !ids.includes(id))).to.deep.equal([])
    const [, matrix = ''] = page.match(/<tbody>([\s\S]*?)<\/tbody>/) ?? []
    expect(matrix.match(/href="#finding-/g)).to.have.lengthOf(16)
  })

  it('says the reason of a check once, however many findings it has', () => {
    const page = renderAuditHtml(...auditPage(300))
    const headings = [...page.matchAll(/<code class="id">(.*?)<\/code>/g)].map(([, id]) => id)
    expect(headings.length).to.be.greaterThan(50)
    expect(new Set(headings).size).to.equal(headings.length)
  })

  it('links a table to the finding whose road ends there', () => {
    const [report, source] = auditPage(3)
    const [first, ...rest] = report.findings
    if (!first) return expect.fail('no finding')
    const road = ['app', 'executes f()', 'public.tasks: rows: of every tenant']
    const finding = { ...first, object: 'public.f()', road }
    const page = renderAuditHtml({ ...report, findings: [finding, ...rest] }, source)
    const [row = ''] = page.match(/<tr data-object="public.tasks"[\s\S]*?<\/tr>/) ?? []
    expect(row).to.include(`href="#finding-${finding.fingerprint}"`)
  })

  describe('for 10,000 tables', () => {
    const pageOf = (isClean: boolean) => {
      const { report, source } = manyTables(10_000, isClean)
      return renderAuditHtml(report, source)
    }

    it('is under 3 MB when none has a finding, and names each', () => {
      const page = pageOf(true)
      expect(Buffer.byteLength(page)).to.be.within(300_000, 3_000_000)
      expect(page).to.include('10000 more tables with ✔ in every cell')
      expect(page.match(/<li>public\.t\d+\n/g)).to.have.lengthOf(10_000)
    })

    it('is under 3 MB when each has findings, and says how many it has no room for', () => {
      const page = pageOf(false)
      expect(Buffer.byteLength(page)).to.be.within(1_500_000, 3_000_000)
      const { report } = manyTables(10_000, false)
      const [, left = ''] = page.match(/(\d+) findings more did not fit/) ?? []
      const shown = page.match(/ id="finding-/g) ?? []
      expect(shown.length + Number(left)).to.equal(report.findings.length)
      expect(page).to.match(/\d+ more tables with a ✖, a \? or a finding/)
    })
  })
})

/** With `isClean` every cell is isolated; otherwise none is, and each table has two findings. */
function manyTables(count: number, isClean: boolean) {
  const [{ findings, ...report }, source] = auditPage(3)
  const tables = Array.from({ length: count }, (_, n) => `public.t${n + 1}`)
  const cell = isClean ? 'isolated' : 'hole'
  const found = tables.flatMap((object, n) =>
    findings.slice(1).map((finding, m) => ({ ...finding, object, fingerprint: `${n}-${m}` })),
  )
  return {
    report: {
      ...report,
      findings: isClean ? [] : found,
      inconclusive: tables.map((reason) => ({ check: 'policy-leaks-rows', reason })),
      matrix: tables.map((table) => ({
        table,
        select: cell,
        insert: cell,
        update: cell,
        delete: cell,
      })),
    } satisfies AuditReport,
    source: {
      ...source,
      policies: tables.map((table) => ({
        table,
        rlsEnabled: isClean,
        rlsForced: isClean,
        policies: source.policies[isClean ? 1 : 0]?.policies ?? [],
      })),
    },
  } as const
}
