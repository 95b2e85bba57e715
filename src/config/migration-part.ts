/**
 * What `migrate:rls` plans only when it is asked to: each changes what others may rely on. Asked or
 * not, it says what is there to do.
 */
export const MIGRATION_PARTS = ['foreign-keys', 'unique-keys', 'views', 'grants'] as const

export type MigrationPart = (typeof MIGRATION_PARTS)[number]
