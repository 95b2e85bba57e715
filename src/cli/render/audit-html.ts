import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AuditReport } from '../../audit/audit.ts'
import type { TablePolicies } from '../../audit/table-policies.ts'
import { shownVersion } from '../../checks/facts/vulnerabilities.ts'
import { LEVELS } from '../../config/level.ts'
import { auditSentence } from './audit-sentence.ts'
import type { AuditSource } from './audit-source.ts'
import { asidesSection, findingsSection } from './html/findings.ts'
import { type Html, html, trusted } from './html/html.ts'
import { matrixSection } from './html/matrix.ts'
import { policiesSection } from './html/policies.ts'
import { notLookedAtLines } from './not-looked-at.ts'

// The same distance from `src/cli/render` and from `dist/cli/render`.
const ASSETS = new URL('../../../report-assets/', import.meta.url)

/**
 * One page without other files or network. Its content security policy lets it run the script of this package
 * alone, and no script that a name in the database could bring in.
 */
export function renderAuditHtml(
  report: AuditReport,
  { policies, version }: AuditSource & { readonly policies: readonly TablePolicies[] },
): string {
  const style = asset('report.css')
  const script = asset('report.js')
  const csp = [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Audit of ${report.database}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${header(report, version)}<main>
${filters(report)}${findingsSection(report)}${asidesSection(report)}${matrixSection(report.matrix)}${policiesSection(policies)}</main>
<script>${trusted(script)}</script>
</body>
</html>
`
  return page.markup
}

function asset(name: string): string {
  return readFileSync(new URL(name, ASSETS), 'utf8')
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function header(report: AuditReport, version: string): Html {
  const { database, serverVersion, findings, inconclusive } = report
  const verdict = findings.length > 0 ? 'hole' : inconclusive.length > 0 ? 'unknown' : 'isolated'
  return html`<header>
<p class="origin">kysely-tenants ${version} · PostgreSQL ${shownVersion(serverVersion)}</p>
<h1>Audit of <code>${database}</code></h1>
<p class="verdict ${verdict}">${auditSentence(report)}</p>
${notLookedAt(report)}</header>
`
}

function notLookedAt(report: AuditReport): Html {
  const lines = notLookedAtLines(report)
  if (lines.length === 0) return html``
  return html`<p>Not looked at:</p>
<ul class="aside">${lines.map((line) => html`<li>${line}</li>`)}</ul>
`
}

/** Hidden until the script shows it, because it has no effect without the script. */
function filters({ findings }: AuditReport): Html {
  const levels = LEVELS.map((level) => {
    const count = findings.filter((finding) => finding.level === level).length
    return html`<label class="${level}"><input type="checkbox" name="level" value="${level}" checked> ${level} <span class="hint">${count}</span></label>`
  })
  const checks = [...new Set(findings.map(({ check }) => check))].toSorted()
  return html`<form id="filters" aria-label="Filters" hidden>
<fieldset><legend>Level</legend>${levels}</fieldset>
<label class="field" for="object">Table <input type="search" id="object" name="object" autocomplete="off" spellcheck="false" placeholder="part of a name"></label>
<label class="field" for="check">Check <select id="check" name="check"><option value="">all</option>${checks.map((check) => html`<option>${check}</option>`)}</select></label>
<label><input type="checkbox" name="open"> only tables that are not isolated</label>
<button type="reset">Reset</button>
</form>
`
}
