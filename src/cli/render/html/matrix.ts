import type { AuditReport } from '../../../audit/audit.ts'
import { COMMANDS } from '../../../audit/isolation.ts'
import { isIsolated, type TableIsolation } from '../../../audit/isolation-matrix.ts'
import { MATRIX_TITLE, MEANING, SIGN } from '../isolation.ts'
import { plural } from '../plural.ts'
import { findingsByTable } from './anchors.ts'
import { breakable } from './code.ts'
import { fitting } from './fitting.ts'
import { type Html, html } from './html.ts'

type Finding = AuditReport['findings'][number]

/** Up to so many tables, those without anything to say have a row as well. */
const EVERY_ROW = 200
const ROW_BYTES = 500_000
const NAME_BYTES = 300_000
const MOST_LINKS = 3

/** A row for each table, with links to its findings. Of very many tables those that are fine are names only. */
export function matrixSection(
  { matrix, findings }: AuditReport,
  { anchors, filters }: { readonly anchors: ReadonlyMap<Finding, string>; readonly filters: Html },
): Html {
  if (matrix.length === 0) return filters
  const byTable = findingsByTable(findings, new Set(matrix.map(({ table }) => table)))
  const isPlain = (row: TableIsolation) => isIsolated(row) && !byTable.has(row.table)
  const isShort = matrix.length > EVERY_ROW
  const rows = matrix.filter((row) => !isShort || !isPlain(row))
  const { shown, rest } = fitting(rows, ROW_BYTES, (row) =>
    rowMarkup(row, linksTo(byTable.get(row.table) ?? [], anchors)),
  )
  const legend = (['isolated', 'hole', 'unknown'] as const).map(
    (cell) =>
      html`<li class="${cell}"><span aria-hidden="true">${SIGN[cell]}</span> ${MEANING[cell]}</li>`,
  )
  return html`<section aria-labelledby="matrix">
<h2 id="matrix">${MATRIX_TITLE}</h2>
<ul class="legend">${legend}</ul>
${filters}<table>
<thead><tr><th scope="col">table</th>${COMMANDS.map((command) => html`<th scope="col">${command}</th>`)}</tr></thead>
<tbody>
${shown}</tbody>
</table>
${names(`with a ${SIGN.hole}, a ${SIGN.unknown} or a finding`, rest)}${names(`with ${SIGN.isolated} in every cell`, isShort ? matrix.filter(isPlain) : [])}</section>
`
}

function rowMarkup(table: TableIsolation, links: Html): Html {
  const cells = COMMANDS.map((command) => {
    const cell = table[command]
    return html`<td class="${cell}"><span aria-hidden="true">${SIGN[cell]}</span><span class="spoken">${MEANING[cell]}</span></td>`
  })
  return html`<tr data-object="${table.table}" data-isolated="${String(isIsolated(table))}"><th scope="row"><code>${breakable(table.table)}</code>${links}</th>${cells}</tr>
`
}

function linksTo(findings: readonly Finding[], anchors: ReadonlyMap<Finding, string>): Html {
  if (findings.length === 0) return html``
  const links = findings.slice(0, MOST_LINKS).map((finding) => {
    const { level, check } = finding
    return html`<a href="#${anchors.get(finding) ?? ''}"><span class="level ${level}">${level}</span> ${breakable(check)}</a>`
  })
  const [next] = findings.slice(MOST_LINKS)
  const more = next
    ? html`<a href="#${anchors.get(next) ?? ''}">${findings.length - MOST_LINKS} more</a>`
    : html``
  return html`<span class="links">${links}${more}</span>`
}

function names(what: string, rows: readonly TableIsolation[]): Html {
  if (rows.length === 0) return html``
  const { shown, rest } = fitting(
    rows,
    NAME_BYTES,
    ({ table }) => html`<li>${table}
`,
  )
  const more =
    rest.length === 0 ? html`` : html`<li>and ${rest.length} more: see <code>--format json</code>`
  return html`<details class="names"><summary>${plural(rows.length, 'more table')} ${what}</summary>
<ul>${shown}${more}</ul>
</details>
`
}
