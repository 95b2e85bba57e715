export const COMMANDS = ['select', 'insert', 'update', 'delete'] as const

export type Command = (typeof COMMANDS)[number]

/**
 * The rows that a command of the application reaches: those of its own tenant alone (`isolated`), those
 * of other tenants too (`hole`), or it could not be decided (`unknown`).
 */
export type Isolation = 'isolated' | 'hole' | 'unknown'
