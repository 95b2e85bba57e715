import type { AuditReport } from '../../audit/audit.ts'
import type { TablePolicies } from '../../audit/table-policies.ts'
import type { Screen } from '../io.ts'
import { renderAuditGithub } from './audit-github.ts'
import { renderAuditHuman } from './audit-human.ts'
import { renderAuditMarkdown } from './audit-markdown.ts'
import { renderAuditSarif } from './audit-sarif.ts'
import type { AuditSource } from './audit-source.ts'
import { renderJson } from './json.ts'

export const AUDIT_FORMATS = ['human', 'json', 'sarif', 'github', 'markdown', 'html'] as const

export type AuditFormat = (typeof AUDIT_FORMATS)[number]

interface Surroundings extends AuditSource, Screen {
  /** A line of the matrix for every table. */
  readonly verbose: boolean
  /** Called only by the format that shows them. */
  readonly policies: () => TablePolicies[]
}

export async function renderAudit(
  report: AuditReport,
  format: AuditFormat,
  { color, columns, verbose, policies, ...source }: Surroundings,
): Promise<string> {
  switch (format) {
    case 'human':
      return renderAuditHuman(report, { color, columns, verbose })
    case 'json':
      return renderJson(report)
    case 'sarif':
      return renderAuditSarif(report, source)
    case 'github':
      return renderAuditGithub(report, source)
    case 'markdown':
      return renderAuditMarkdown(report, { verbose })
    case 'html': {
      // Loaded here, because no other format needs it.
      const { renderAuditHtml } = await import('./audit-html.ts')
      return renderAuditHtml(report, { ...source, policies: policies() })
    }
  }
}
