import type { AuditReport } from '../../audit/audit.ts'

const MOST_NAMES = 5

/** A line for each part of the database that a report does not judge, the same in every format. */
export function notLookedAtLines({ notLookedAt }: Pick<AuditReport, 'notLookedAt'>): string[] {
  return notLookedAt.map(({ what, names, reason }) => {
    const more = names.length - MOST_NAMES
    const listed = names.slice(0, MOST_NAMES).join(', ')
    return `${what}: ${listed}${more > 0 ? ` and ${more} more` : ''} (${reason})`
  })
}
