import type { PolicyBeside, TablePolicies } from '../../../audit/table-policies.ts'
import { breakable } from './code.ts'
import { differenceOf, type Piece } from './difference.ts'
import { fitting } from './fitting.ts'
import { type Html, html } from './html.ts'

const STATE: Readonly<Record<PolicyBeside['state'], string>> = {
  'as wanted': 'as wanted',
  differs: 'differs',
  missing: 'missing',
  own: 'not of this tool',
}

/** Unfold tables with something to mend only up to this many. */
const OPEN = 10

const BYTES = 400_000

/** The policies of each table, those with something to mend first, as they are, with the text that has to go and the text that has to come. */
export function policiesSection(tables: readonly TablePolicies[]): Html {
  if (tables.length === 0) return html``
  const isFaulty = ({ policies }: TablePolicies) => policies.some(isToMend)
  const mended = tables.filter(isFaulty)
  const others = tables.filter((table) => !isFaulty(table))
  const { shown, rest } = fitting([...mended, ...others], BYTES, (table) =>
    tableDetails(table, mended.length <= OPEN),
  )
  return html`<section aria-labelledby="policies">
<h2 id="policies">Policies</h2>
<p class="hint">As PostgreSQL writes them. <del>Struck out</del> is what is and should not be, <ins>underlined</ins> what is missing.</p>
${shown}${left(rest, isFaulty)}</section>
`
}

function left(rest: readonly TablePolicies[], isFaulty: (table: TablePolicies) => boolean): Html {
  if (rest.length === 0) return html``
  const wrong = rest.filter(isFaulty).length
  return html`<p class="hint">The policies of ${rest.length} more tables did not fit into the page; ${wrong === 0 ? 'all are as wanted, or of your own' : `${wrong} of these have something to mend`}.</p>
`
}

function isToMend({ state }: PolicyBeside): boolean {
  return state === 'differs' || state === 'missing'
}

function tableDetails(
  { table, rlsEnabled, rlsForced, policies }: TablePolicies,
  isUnfolded: boolean,
): Html {
  const wrong = policies.filter(isToMend)
  const open = isUnfolded && wrong.length > 0 ? html`open` : html``
  const facts = [
    ...(rlsEnabled ? [] : ['row security is off']),
    ...(rlsForced ? [] : ['not forced']),
    ...(wrong.length > 0 ? [`${wrong.length} of ${countOf(policies.length)} to mend`] : []),
  ].map((fact) => html`<span class="fact bad">${fact}</span>`)
  const fine = html`<span class="fact">${countOf(policies.length)}</span>`
  return html`<details class="table" data-object="${table}" ${open}>
<summary><code>${breakable(table)}</code> <span class="facts">${facts.length > 0 ? facts : fine}</span></summary>
${policies.map(policyFigure)}
</details>
`
}

function countOf(policies: number): string {
  return policies === 1 ? '1 policy' : `${policies} policies`
}

function policyFigure(policy: PolicyBeside): Html {
  const { name, state, is, wanted } = policy
  const isMended = isToMend(policy)
  const pieces: readonly Piece[] = isMended
    ? differenceOf(asLines(is), asLines(wanted))
    : [{ kind: 'same', text: is ?? '' }]
  return html`<figure>
<figcaption><code>${breakable(name)}</code> <span class="fact${isMended ? ' bad' : ''}">${STATE[state]}</span></figcaption>
<pre><code>${pieces.map(pieceMarkup)}</code></pre>
</figure>
`
}

function pieceMarkup({ kind, text }: Piece): Html {
  if (kind === 'is') return html`<del>${breakable(text)}</del>`
  return kind === 'wanted' ? html`<ins>${breakable(text)}</ins>` : breakable(text)
}

// The last line ends like the others: otherwise new text would stand beside old text.
function asLines(text: string | undefined): string {
  return text === undefined ? '' : `${text}\n`
}
