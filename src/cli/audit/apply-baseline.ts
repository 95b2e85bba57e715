import { resolve } from 'node:path'
import type { AuditReport, BaselineEntry } from '../../audit/audit.ts'
import { baselineNotFound } from '../../errors/command/baseline.ts'
import type { Io } from '../io.ts'
import { plural } from '../render/plural.ts'
import { loadBaseline, saveBaseline } from './baseline-file.ts'

export interface BaselineOptions {
  readonly baseline?: string
  readonly updateBaseline?: boolean
}

/**
 * Sets aside the findings that the baseline knows; writes the file before the report is printed.
 *
 * @throws `BASELINE.NOT_FOUND`, `BASELINE.UNREADABLE`, `BASELINE.NOT_WRITABLE`
 */
export function applyBaseline(
  options: BaselineOptions,
  io: Io,
  judge: (baseline?: readonly BaselineEntry[]) => AuditReport,
): AuditReport {
  if (options.baseline === undefined) return judge()
  const path = resolve(io.cwd, options.baseline)
  const baseline = loadBaseline(path)
  if (!baseline && !options.updateBaseline) throw baselineNotFound(path)

  const known = baseline ?? judge().findings
  const report = judge(known)
  if (options.updateBaseline) {
    const fixed = new Set(report.baseline?.fixed)
    const rest = known.filter((entry) => !fixed.has(entry))
    if (!baseline || fixed.size > 0) saveBaseline(path, rest)
    const changed = baseline ? `${fixed.size} taken out` : 'written'
    io.err(`${options.baseline}: ${changed}, ${plural(rest.length, 'finding')} known.\n`)
  }
  return report
}
