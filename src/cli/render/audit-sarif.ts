import type {
  CodeFlow,
  Location,
  Log,
  Notification,
  PhysicalLocation,
  ReportingDescriptor,
  Result,
} from 'sarif'
import type { AuditReport, BaselineEntry } from '../../audit/audit.ts'
import type { Check } from '../../checks/check.ts'
import { CHECKS } from '../../checks/registry.ts'
import type { Level } from '../../config/level.ts'
import { auditFix } from './audit-sentence.ts'
import type { AuditSource } from './audit-source.ts'
import { notLookedAtLines } from './not-looked-at.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json'

/**
 * SARIF 2.1.0 for code scanning: rules with their severity, results with a fingerprint that stays the same
 * as long as the finding does, and a notification for each check that could not look.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
 */
export function renderAuditSarif(report: AuditReport, source: AuditSource): string {
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kysely-tenants',
            version: source.version,
            informationUri: 'https://www.npmjs.com/package/kysely-tenants',
            rules: CHECKS.map(rule),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              ...notLookedAtLines(report).map(aside),
              ...report.inconclusive.map(notification),
            ],
          },
        ],
        results: [
          ...report.findings.map((finding) => ({
            ...result(finding, source),
            ...(report.baseline && { baselineState: 'new' as const }),
          })),
          ...(report.baseline?.known ?? []).map((finding) => ({
            ...result(finding, source),
            baselineState: 'unchanged' as const,
          })),
          ...(report.baseline?.fixed ?? []).map((entry) => absent(entry, source)),
          ...report.waived.map((finding) => ({
            ...result(finding, source),
            ...(report.baseline && { baselineState: 'unchanged' as const }),
            suppressions: [{ kind: 'external' as const, justification: finding.reason }],
          })),
        ],
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

const SARIF_LEVEL: Readonly<Record<Level, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}

// The middle of each range by which code scanning names a severity.
const SEVERITY: Readonly<Record<Level, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.0',
}

function rule({ id, level, title, why, link, fixed }: Check): ReportingDescriptor {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    helpUri: link,
    help: { text: `${why}\n\nFixed:\n${fixed}`, markdown: `${why}\n\n\`\`\`sql\n${fixed}\n\`\`\`` },
    defaultConfiguration: { level: SARIF_LEVEL[level] },
    properties: { 'security-severity': SEVERITY[level], tags: ['security'] },
  }
}

function result(
  { check, level, object, summary, fix, fingerprint, road }: AuditReport['findings'][number],
  source: AuditSource,
): Result {
  return {
    ...ruleOf(check),
    level: SARIF_LEVEL[level],
    message: { text: `${object}: ${summary}\n\n${auditFix(fix)}` },
    locations: [location(object, source)],
    ...(road && { codeFlows: [codeFlow(road, source)] }),
    partialFingerprints: { 'finding/v1': fingerprint },
    properties: { level, ...(road && { road }) },
  }
}

/** The road, which a viewer walks step by step. */
function codeFlow(road: readonly string[], source: AuditSource): CodeFlow {
  const locations = road.map((step, index) => ({
    location: { physicalLocation: configOf(source), message: { text: step } },
    executionOrder: index + 1,
  }))
  return { message: { text: road.join(' → ') }, threadFlows: [{ locations }] }
}

/** A finding of the baseline that is gone. */
function absent({ check, object, fingerprint }: BaselineEntry, source: AuditSource): Result {
  return {
    ...ruleOf(check),
    kind: 'pass',
    level: 'none',
    baselineState: 'absent',
    message: { text: `${object}: fixed` },
    locations: [location(object, source)],
    partialFingerprints: { 'finding/v1': fingerprint },
  }
}

// Findings about waivers belong to no check.
function ruleOf(check: string): Pick<Result, 'ruleId' | 'ruleIndex'> {
  const index = CHECKS.findIndex(({ id }) => id === check)
  return { ruleId: check, ...(index < 0 ? {} : { ruleIndex: index }) }
}

// The object lives in a database. The repository has the config that names it.
function location(object: string, source: AuditSource): Location {
  return {
    physicalLocation: configOf(source),
    logicalLocations: [{ fullyQualifiedName: object }],
  }
}

function configOf({ configFile }: AuditSource): PhysicalLocation {
  return {
    artifactLocation: { uri: encodeURI(configFile), uriBaseId: '%SRCROOT%' },
    region: { startLine: 1 },
  }
}

function aside(text: string): Notification {
  return { level: 'note', message: { text: `Not looked at: ${text}` } }
}

function notification({ check, reason }: AuditReport['inconclusive'][number]): Notification {
  return {
    level: 'warning',
    message: { text: `${check} could not look: ${reason}` },
    associatedRule: { id: check, index: CHECKS.findIndex(({ id }) => id === check) },
  }
}
