/**
 * Parts of a migration that `migrate:rls` plans only on request, because each changes things that
 * other code may rely on. Without the request it lists the work as advice.
 */
export const MIGRATION_PARTS = ['foreign-keys', 'unique-keys', 'views', 'grants'] as const

export type MigrationPart = (typeof MIGRATION_PARTS)[number]
