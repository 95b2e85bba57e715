import type { Wanted } from '../wanted/wanted.ts'
import type { PartChange, PartContext } from './part-change.ts'
import { planMissingGrants } from './plan-missing-grants.ts'
import { planSurplusGrants } from './plan-surplus-grants.ts'

/** No privileges but those that the roles of the config need, and all of those. */
export function planGrants(wanted: Wanted, context: PartContext): PartChange[] {
  return [...planSurplusGrants(context), ...planMissingGrants(wanted, context)]
}
