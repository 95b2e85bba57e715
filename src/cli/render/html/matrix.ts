import { COMMANDS } from '../../../audit/isolation.ts'
import { isIsolated, type TableIsolation } from '../../../audit/isolation-matrix.ts'
import { MATRIX_TITLE, MEANING, SIGN } from '../isolation.ts'
import { type Html, html } from './html.ts'

/** All tables: a page has filters, where a terminal has to leave lines out. */
export function matrixSection(matrix: readonly TableIsolation[]): Html {
  if (matrix.length === 0) return html``
  const legend = (['isolated', 'hole', 'unknown'] as const).map(
    (cell) =>
      html`<li class="${cell}"><span aria-hidden="true">${SIGN[cell]}</span> ${MEANING[cell]}</li>`,
  )
  return html`<section aria-labelledby="matrix">
<h2 id="matrix">${MATRIX_TITLE}</h2>
<ul class="legend">${legend}</ul>
<table>
<thead><tr><th scope="col">table</th>${COMMANDS.map((command) => html`<th scope="col">${command}</th>`)}</tr></thead>
<tbody>
${matrix.map(row)}</tbody>
</table>
</section>
`
}

function row(table: TableIsolation): Html {
  const cells = COMMANDS.map((command) => {
    const cell = table[command]
    return html`<td class="${cell}"><span aria-hidden="true">${SIGN[cell]}</span><span class="spoken">${MEANING[cell]}</span></td>`
  })
  return html`<tr data-object="${table.table}" data-isolated="${String(isIsolated(table))}"><th scope="row"><code>${table.table}</code></th>${cells}</tr>
`
}
