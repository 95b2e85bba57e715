import { isServerError } from '../server-error.ts'

/**
 * The name of a setting that cannot be: where it is asked for, the server raises an error and skips
 * everything up to the Sync, the statement of the user included. It shows in the log of the server.
 */
const REFUSAL = 'kysely_tenants: an earlier statement left something on this session'

/** SQL: `value` where `condition` is true; elsewhere a name that `set_config` and `current_setting` refuse. */
export function orRefuse(condition: string, value: string): string {
  return `case when ${condition} then ${value} else '${REFUSAL}' end`
}

/** Did the server refuse a session with residue? Only an error in front of the statement can say so. */
export function isRefusal(error: unknown): boolean {
  // Messages are translated, and hold the name in every language.
  return isServerError(error) && error.code === '42704' && error.message.includes(REFUSAL)
}
