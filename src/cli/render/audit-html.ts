import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AuditReport } from '../../audit/audit.ts'
import type { TablePolicies } from '../../audit/table-policies.ts'
import { LEVELS } from '../../config/level.ts'
import type { AuditSource } from './audit-source.ts'
import { anchorsOf } from './html/anchors.ts'
import { asidesSection } from './html/asides.ts'
import { findingsSection } from './html/findings.ts'
import { pageHeader } from './html/header.ts'
import { type Html, html, trusted } from './html/html.ts'
import { matrixSection } from './html/matrix.ts'
import { policiesSection } from './html/policies.ts'

// The same distance from `src/cli/render` and from `dist/cli/render`.
const ASSETS = new URL('../../../report-assets/', import.meta.url)

/**
 * One page without other files or network. Its content security policy lets it run the script of this package
 * alone, and no script that a name in the database could bring in.
 */
export function renderAuditHtml(
  report: AuditReport,
  { policies, ...source }: AuditSource & { readonly policies: readonly TablePolicies[] },
): string {
  const anchors = anchorsOf(report.findings)
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
${pageHeader(report, source)}<main>
${matrixSection(report, { anchors, filters: filters(report) })}${findingsSection(report, anchors)}${asidesSection(report)}${policiesSection(policies)}</main>
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
