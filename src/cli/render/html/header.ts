import type { AuditReport } from '../../../audit/audit.ts'
import { shownVersion } from '../../../checks/facts/vulnerabilities.ts'
import { auditSentence } from '../audit-sentence.ts'
import type { AuditSource } from '../audit-source.ts'
import { notLookedAtLines } from '../not-looked-at.ts'
import { plural } from '../plural.ts'
import { breakable } from './code.ts'
import { type Html, html } from './html.ts'

/** The facts about the report, its sum, and what it says nothing about. */
export function pageHeader(report: AuditReport, source: AuditSource): Html {
  const { database, serverVersion, findings, inconclusive } = report
  const verdict = findings.length > 0 ? 'hole' : inconclusive.length > 0 ? 'unknown' : 'isolated'
  return html`<header>
<p class="origin">Audit by kysely-tenants ${source.version}</p>
<h1><code>${breakable(database)}</code></h1>
<dl class="facts">
${fact('Read', dateOf(source.takenAt))}${fact('Server', html`PostgreSQL ${shownVersion(serverVersion)}`)}${fact('Config', html`<code>${breakable(source.configFile)}</code>`)}</dl>
<p class="verdict ${verdict}">${auditSentence(report)}</p>
${notLookedAt(report)}</header>
`
}

function fact(name: string, value: Html): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>
`
}

function dateOf(takenAt: string | undefined): Html {
  if (takenAt === undefined) return html`at a time that the snapshot does not say`
  const shown = takenAt.replace('T', ' ').replace(/(:\d\d)(:\d\d)?Z$/, '$1 UTC')
  return html`<time datetime="${takenAt}">${shown}</time>`
}

function notLookedAt(report: AuditReport): Html {
  const lines = notLookedAtLines(report).map((line) => html`<li>${breakable(line)}</li>`)
  // One check can be in doubt about many tables.
  const open = new Set(report.inconclusive.map(({ check }) => check)).size
  const more =
    open === 0
      ? html``
      : html`<li><a href="#inconclusive">${plural(open, 'check')} could not look</a></li>`
  const none = html`<li>Every part of the database was looked at.</li>`
  return html`<section class="unseen" aria-labelledby="not-looked-at">
<h2 id="not-looked-at">Not looked at</h2>
<ul>${lines.length === 0 && open === 0 ? none : html`${lines}${more}`}</ul>
</section>
`
}
