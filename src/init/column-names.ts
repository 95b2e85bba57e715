import { normalizedName } from '../wanted/tenant-column-names.ts'

// The commonest first: it decides between columns that as many tables have.
const TENANT_WORDS = [
  'tenant',
  'org',
  'organization',
  'organisation',
  'account',
  'workspace',
  'company',
  'customer',
  'team',
]

/** The usual names of tenant columns, as {@link normalizedName} writes them. */
export const USUAL_NAMES: readonly string[] = [
  ...TENANT_WORDS.map((word) => `${word}id`),
  'tenant',
  ...TENANT_WORDS.map((word) => `${word}uuid`),
]

/** Other words by which a database may be divided, for columns that no foreign key explains. */
export const TENANT_NOUNS: readonly string[] = [
  'brand',
  'client',
  'clinic',
  'domain',
  'hotel',
  'merchant',
  'namespace',
  'partner',
  'project',
  'realm',
  'restaurant',
  'school',
  'shop',
  'site',
  'store',
  'vendor',
]

/** The name of a column that leads to a person: `userid`, `createdby`, as {@link normalizedName} writes them. */
export function isPersonName(columnName: string): boolean {
  return PERSON.test(columnName)
}

const PERSON =
  /^(?:(?:user(?:profile)?|author|creator|sender|poster|actor|assignee|member|person|profile)(?:u?id)?|uid|\w+by(?:id|user|userid)?)$/

/** The usual names of a column that refers to this table: `taskid` for `tasks`. */
export function referringNames(table: string): string[] {
  const plural = normalizedName(table)
  const singulars = [plural, plural.replace(/s$/, ''), plural.replace(/ies$/, 'y')]
  return [...new Set(singulars)].flatMap((singular) => [
    singular,
    `${singular}id`,
    `${singular}uuid`,
  ])
}

/** Is `table` what a column of this name is about: `tenants` or `tenant` for `tenantid`? */
export function isTableOf(columnName: string, table: string): boolean {
  return referringNames(table).includes(columnName)
}
