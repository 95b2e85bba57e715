import type { AuditReport } from '../../audit/audit.ts'
import type { Level } from '../../config/level.ts'
import { auditFix, auditSentence } from './audit-sentence.ts'
import type { AuditSource } from './audit-source.ts'
import { notLookedAtLines } from './not-looked-at.ts'

/**
 * Workflow commands: each finding becomes an annotation at the config, which names the table.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function renderAuditGithub(report: AuditReport, { configFile }: AuditSource): string {
  const annotations = [
    ...notLookedAtLines(report).map((message) =>
      annotation('notice', { file: configFile, title: 'Not looked at', message }),
    ),
    ...report.findings.map(({ level, check, object, summary, fix }) =>
      annotation(COMMAND[level], {
        file: configFile,
        title: `${check} (${level})`,
        message: `${object}: ${summary}\n${auditFix(fix)}`,
      }),
    ),
    ...report.inconclusive.map(({ check, reason }) =>
      annotation('warning', {
        file: configFile,
        title: `${check} could not look`,
        message: reason,
      }),
    ),
  ]
  return `${[...annotations, auditSentence(report)].join('\n')}\n`
}

const COMMAND: Readonly<Record<Level, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
}

interface Annotation {
  readonly file: string
  readonly title: string
  readonly message: string
}

function annotation(command: string, { file, title, message }: Annotation): string {
  return `::${command} file=${property(file)},title=${property(title)}::${data(message)}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
