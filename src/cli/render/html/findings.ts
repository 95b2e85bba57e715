import type { AuditReport } from '../../../audit/audit.ts'
import { CHECKS } from '../../../checks/registry.ts'
import { grouped } from '../../../util/grouped.ts'
import { auditFix } from '../audit-sentence.ts'
import { plural } from '../plural.ts'
import { breakable } from './code.ts'
import { fitting } from './fitting.ts'
import { type Html, html } from './html.ts'
import { roadFigure } from './road.ts'

type Finding = AuditReport['findings'][number]

/** Beyond these the page has less of a finding, and in the end its number only. */
const FULL_BYTES = 900_000
const BRIEF_BYTES = 300_000

/** Findings by check, the check with the worst first: its reason stands once, above them. */
export function findingsSection(
  { findings, baseline }: AuditReport,
  anchors: ReadonlyMap<Finding, string>,
): Html {
  const kind = baseline ? 'new finding' : 'finding'
  const idOf = (finding: Finding) => anchors.get(finding) ?? ''
  const full = fitting(findings, FULL_BYTES, (finding) => article(finding, idOf(finding)))
  const brief = fitting(full.rest, BRIEF_BYTES, (finding) => line(finding, idOf(finding)))
  const entries = full.shown.map((markup, index) => ({ markup, check: checkAt(findings, index) }))
  const groups = [...grouped(entries, ({ check }) => check)]
  return html`<section aria-labelledby="findings">
<h2 id="findings" tabindex="-1">Findings</h2>
<p id="count" role="status">${findings.length === 0 ? `No ${kind}s.` : `${plural(findings.length, kind)}.`}</p>
${groups.map(([check, own]) =>
  group(
    check,
    own.map(({ markup }) => markup),
  ),
)}${inShort(brief.shown, brief.rest.length)}</section>
`
}

function checkAt(findings: readonly Finding[], index: number): string {
  return findings[index]?.check ?? ''
}

function group(id: string, findings: readonly Html[]): Html {
  const check = CHECKS.find((one) => one.id === id)
  const why = check
    ? html`<p class="why">${check.why} <a href="${check.link}" rel="noreferrer">PostgreSQL on this</a></p>
`
    : html``
  return html`<section class="group">
<h3>${check ? html`${check.title} ` : html``}<code class="id">${breakable(id)}</code></h3>
${why}${findings}</section>
`
}

function article({ level, check, object, summary, fix, road }: Finding, id: string): Html {
  const words = breakable(summary)
  return html`<article class="finding ${level}" id="${id}" data-level="${level}" data-check="${check}" data-object="${object}">
<h4><span class="level ${level}">${level}</span> <code>${breakable(object)}</code> <a class="anchor" href="#${id}" aria-label="Link to this finding">#</a></h4>
${road ? roadFigure(road, { id, sentence: words }) : html`<p class="summary">${words}</p>`}
<figure class="fix"><figcaption>Fix</figcaption><pre><code>${breakable(auditFix(fix))}</code></pre></figure>
</article>
`
}

function line({ level, check, object, summary }: Finding, id: string): Html {
  return html`<li class="finding ${level}" id="${id}" data-level="${level}" data-check="${check}" data-object="${object}"><span class="level ${level}">${level}</span> <code>${object}</code> ${summary} <code>${check}</code>
`
}

function inShort(lines: readonly Html[], left: number): Html {
  if (lines.length === 0) return html``
  const more =
    left === 0
      ? html``
      : html`<p class="hint">${plural(left, 'finding')} more did not fit into the page: see <code>--format json</code>.</p>
`
  return html`<section class="group brief">
<h3>In short</h3>
<p class="why">There are too many findings for one page. These are without their reasons and fixes, which <code>--format json</code> has.</p>
<ul>${lines}</ul>
${more}</section>
`
}
