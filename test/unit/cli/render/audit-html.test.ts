import { expect } from 'chai'
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
})
