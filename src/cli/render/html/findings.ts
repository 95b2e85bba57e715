import type { AuditReport } from '../../../audit/audit.ts'
import { CHECKS } from '../../../checks/registry.ts'
import { auditFix } from '../audit-sentence.ts'
import { byObject } from '../by-object.ts'
import { plural } from '../plural.ts'
import { type Html, html } from './html.ts'

type Finding = AuditReport['findings'][number]

/** Findings by object, the object with the worst first. */
export function findingsSection({ findings, baseline }: AuditReport): Html {
  const groups = [...byObject(findings)]
  const kind = baseline ? 'new finding' : 'finding'
  return html`<section aria-labelledby="findings">
<h2 id="findings" tabindex="-1">Findings</h2>
<p id="count" role="status">${findings.length === 0 ? `No ${kind}s.` : `${plural(findings.length, kind)}.`}</p>
${groups.map(([object, own]) => group(object, own))}
</section>
`
}

/** The lists beside the findings: checks that could not look, accepted findings, fixed ones. */
export function asidesSection({ waived, inconclusive, baseline }: AuditReport): Html {
  const { known = [], fixed = [] } = baseline ?? {}
  return html`${aside(
    'Could not be checked',
    inconclusive.map(
      ({ check, reason }) => html`<li><code>${check}</code> <span>${reason}</span></li>`,
    ),
    'open',
  )}${aside(
    'Waived',
    waived.map(
      ({ check, object, summary, reason, expires }) =>
        html`<li><code>${check}</code> <code>${object}</code> <span>${summary}</span> <span class="hint">${reason} (until ${expires})</span></li>`,
    ),
  )}${aside(
    'Known: in the baseline',
    known.map(
      ({ check, object, summary }) =>
        html`<li><code>${check}</code> <code>${object}</code> <span>${summary}</span></li>`,
    ),
  )}${aside(
    'Fixed since the baseline',
    fixed.map(({ check, object }) => html`<li><code>${check}</code> <code>${object}</code></li>`),
  )}`
}

function group(object: string, findings: readonly Finding[]): Html {
  return html`<section class="group" data-object="${object}">
<h3><code>${object}</code></h3>
${findings.map(article)}
</section>
`
}

function article({ level, check, summary, fix }: Finding): Html {
  const known = CHECKS.find(({ id }) => id === check)
  return html`<article class="finding ${level}" data-level="${level}" data-check="${check}">
<p class="summary"><span class="level">${level}</span> ${summary}</p>
<p class="check"><code>${check}</code></p>
${known ? html`<p class="why">${known.why} <a href="${known.link}" rel="noreferrer">PostgreSQL on this</a></p>` : html``}
<figure class="fix"><figcaption>Fix</figcaption><pre><code>${auditFix(fix)}</code></pre></figure>
</article>
`
}

function aside(title: string, items: readonly Html[], open: 'open' | '' = ''): Html {
  if (items.length === 0) return html``
  return html`<section class="aside">
<details ${open === 'open' ? html`open` : html``}><summary>${title} (${items.length})</summary>
<ul>${items}</ul>
</details>
</section>
`
}
