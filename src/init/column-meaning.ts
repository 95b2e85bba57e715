// The commonest first: it decides between columns that as many tables have.
const WHOSE = [
  ...['tenant', 'org', 'organization', 'organisation', 'account', 'workspace'],
  ...['company', 'customer', 'team'],
]

/** `tenant_id`, `tenantId` and `TenantID` mean the same, in whatever style a table is written. */
export function meaningOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

/** What tenant columns are usually called, as {@link meaningOf} writes it. */
export const USUAL_MEANINGS: readonly string[] = [
  ...WHOSE.map((whose) => `${whose}id`),
  'tenant',
  ...WHOSE.map((whose) => `${whose}uuid`),
]

/** What a column that refers to this table is usually called: `taskid` for `tasks`. */
export function meaningsFor(table: string): string[] {
  const whose = meaningOf(table)
  const singulars = [whose, whose.replace(/s$/, ''), whose.replace(/ies$/, 'y')]
  return [...new Set(singulars)].flatMap((singular) => [
    singular,
    `${singular}id`,
    `${singular}uuid`,
  ])
}

/** Is `table` what a column of this meaning is about: `tenants` or `tenant` for `tenantid`? */
export function isTableOf(meaning: string, table: string): boolean {
  return meaningsFor(table).includes(meaning)
}
