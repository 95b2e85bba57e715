import { expect } from 'chai'
import { renderAuditMarkdown } from '../../../../src/cli/render/audit-markdown.ts'
import { CLEAN, COMPARED, GLOBAL, REPORT } from '../../../support/audit-reports.ts'

describe('audit --format markdown', () => {
  it('writes a table, the fixes, and what could not be checked', () => {
    expect(renderAuditMarkdown(REPORT)).to.equal(`## Audit of \`shop\`

**2 tables, 3 checks: 2 findings (1 critical, 1 info); 1 waived; 1 check switched off; 1 check could not look.**

### Not looked at

- ${GLOBAL}

| level | object | finding | check |
| --- | --- | --- | --- |
| critical | \`public.tasks\` | Row security is off: 100%, really. | \`rls-disabled\` |
| info | \`\` public."a\\|b\`c, d" \`\` | No \\*default\\* \\<b\\>. | \`tenant-column-default\` |

<details><summary>Fixes</summary>

\`\`\`\`sql
-- rls-disabled: public.tasks
alter table public.tasks
  enable row level security;

-- tenant-column-default: public."a|b\`c, d"
-- set one
\`\`\`
\`\`\`\`

</details>

### Could not be checked

- \`app-role-superuser\`: no \\\`roles.app\\\`

### What a command of the application reaches

| table | select | insert | update | delete |
| --- | :-: | :-: | :-: | :-: |
| \`public.tasks\` | ✖ | ✖ | ✖ | ✖ |
| \`\` public."a\\|b\`c, d" \`\` | ✔ | ✔ | ✔ | ? |
| \`1 more table\` | ✔ | ✔ | ✔ | ✔ |
`)
  })

  it('names what is fixed, and counts what was known', () => {
    const text = renderAuditMarkdown(COMPARED)
    expect(text).to.include('### Fixed since the baseline\n\n- `grant-truncate`: `public.tasks`\n')
    expect(text).to.include('1 new finding (1 critical); 1 known; 1 fixed; 1 waived;')
    expect(text).not.to.include('tenant-column-default')
  })

  it('has a line for every table when it is asked to', () => {
    expect(renderAuditMarkdown(CLEAN, { verbose: true })).to.include(
      '| `public.projects` | ✔ | ✔ | ✔ | ✔ |',
    )
  })

  it('is two lines when there is nothing', () => {
    expect(renderAuditMarkdown(CLEAN)).to.equal(
      '## Audit of `shop`\n\n**2 tables, 3 checks: no findings.**\n',
    )
  })
})
