import { randomBytes } from 'node:crypto'
import type { Tenants } from './sample-tenants.ts'

/** A state of the settings in which the conditions are evaluated. */
export interface SettingState {
  readonly label: string
  /** From the setting that a condition reads to the setting that stands in for it. */
  readonly standIns: ReadonlyMap<string, string>
}

export interface SettingStates {
  readonly states: readonly SettingState[]
  /** The values of the stand-ins. */
  readonly values: ReadonlyMap<string, string>
}

const MOST_OTHERS = 3

/**
 * The states use stand-ins: a setting that was used once never reads as unset again, and the settings of the
 * session stay as they are. Settings other than the tenant's are varied one at a time.
 */
export function settingStatesOf(
  setting: string,
  others: readonly string[],
  { settings: tenants, ids }: Tenants,
): SettingStates {
  const values = new Map<string, string>()
  // Never set: its name cannot be guessed.
  const unset = `kysely_tenants.unset_${randomBytes(8).toString('hex')}`
  const standIn = (value: string | null): string => {
    if (value === null) return unset
    const known = [...values].find(([, held]) => held === value)
    const name = known?.[0] ?? `kysely_tenants.value_${values.size}`
    values.set(name, value)
    return name
  }
  const unused = others.map((other) => [other, unset] as const)
  const state = (
    label: string,
    tenant: string | null,
    other?: readonly [string, string],
  ): SettingState => ({
    label: `with ${label}`,
    standIns: new Map([
      ...unused,
      [setting.toLowerCase(), standIn(tenant)],
      ...(other ? [[other[0], standIn(other[1])] as const] : []),
    ]),
  })

  return {
    values,
    states: tenants.flatMap(({ id, label }) => [
      state(label, id),
      ...others
        .slice(0, MOST_OTHERS)
        .flatMap((other) =>
          otherValues(tenants, ids).map((held) =>
            state(`${label} and ${other} = ${held.label}`, id, [other, held.id]),
          ),
        ),
    ]),
  }
}

function otherValues(
  tenants: Tenants['settings'],
  ids: Tenants['ids'],
): { id: string; label: string }[] {
  return tenants.flatMap(({ id, label }) => {
    if (id === null) return []
    return { id, label: ids.some((known) => known.id === id) ? label : `'${id}'` }
  })
}
