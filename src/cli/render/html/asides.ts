import type { AuditReport } from '../../../audit/audit.ts'
import { CHECKS } from '../../../checks/registry.ts'
import { breakable } from './code.ts'
import { fitting } from './fitting.ts'
import { type Html, html } from './html.ts'

const BYTES = 60_000

/** The lists beside the findings: checks that could not look, accepted findings, fixed ones, and what passed. */
export function asidesSection(report: AuditReport): Html {
  const { waived, inconclusive, baseline, passed, off } = report
  const { known = [], fixed = [] } = baseline ?? {}
  return html`${aside(
    { title: 'Could not be checked', id: 'inconclusive', isOpen: true },
    inconclusive,
    ({ check, reason }) => html`${id(check)} <span>${breakable(reason)}</span>`,
  )}${aside({ title: 'Waived', id: 'waived' }, waived, (one) => waivedItem(one))}${aside(
    { title: 'Known: in the baseline', id: 'known' },
    known,
    ({ check, object, summary }) =>
      html`${id(check)} ${id(object)} <span>${breakable(summary)}</span>`,
  )}${aside(
    { title: 'Fixed since the baseline', id: 'fixed' },
    fixed,
    ({ check, object }) => html`${id(check)} ${id(object)}`,
  )}${aside({ title: 'Passed', id: 'passed' }, passed, passedItem)}${aside(
    { title: 'Switched off in the config', id: 'off' },
    off,
    passedItem,
  )}`
}

function waivedItem({ check, object, summary, reason, expires }: AuditReport['waived'][number]) {
  return html`${id(check)} ${id(object)} <span>${breakable(summary)}</span> <span class="hint">${breakable(reason)} (until ${expires})</span>`
}

function passedItem(check: string): Html {
  const title = CHECKS.find((one) => one.id === check)?.title ?? ''
  return html`${id(check)} <span>not found: ${title}</span>`
}

function id(name: string): Html {
  return html`<code>${breakable(name)}</code>`
}

interface Aside {
  readonly title: string
  readonly id: string
  readonly isOpen?: true
}

function aside<T>(
  { title, id, isOpen }: Aside,
  items: readonly T[],
  render: (item: T) => Html,
): Html {
  if (items.length === 0) return html``
  const { shown, rest } = fitting(
    items,
    BYTES,
    (item) => html`<li>${render(item)}</li>
`,
  )
  const more =
    rest.length === 0
      ? html``
      : html`<li class="hint">and ${rest.length} more: see <code>--format json</code></li>`
  return html`<section class="aside" id="${id}">
<details ${isOpen ? html`open` : html``}><summary>${title} (${items.length})</summary>
<ul>${shown}${more}</ul>
</details>
</section>
`
}
