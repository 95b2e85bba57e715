import { randomBytes } from 'node:crypto'
import type { Tenants } from './sample-tenants.ts'

/** A state of the settings in which the conditions are asked. */
export interface Given {
  readonly label: string
  /** The setting that a condition reads → the one that stands in for it. */
  readonly standIns: ReadonlyMap<string, string>
}

export interface Givens {
  readonly givens: readonly Given[]
  /** What the stand-ins hold. */
  readonly values: ReadonlyMap<string, string>
}

const MOST_OTHERS = 3

/**
 * Stand-ins, because a setting that was used once can never again be one that was not, and because the
 * session keeps its own. Other settings than the tenant's are varied one at a time.
 */
export function givensOf(
  setting: string,
  others: readonly string[],
  { givens: tenants, ids }: Tenants,
): Givens {
  const values = new Map<string, string>()
  // Never set, and by nobody to be guessed.
  const unset = `kysely_tenants.unset_${randomBytes(8).toString('hex')}`
  const standIn = (value: string | null): string => {
    if (value === null) return unset
    const known = [...values].find(([, held]) => held === value)
    const name = known?.[0] ?? `kysely_tenants.value_${values.size}`
    values.set(name, value)
    return name
  }
  const unused = others.map((other) => [other, unset] as const)
  const given = (
    label: string,
    tenant: string | null,
    other?: readonly [string, string],
  ): Given => ({
    label: `with ${label}`,
    standIns: new Map([
      ...unused,
      [setting.toLowerCase(), standIn(tenant)],
      ...(other ? [[other[0], standIn(other[1])] as const] : []),
    ]),
  })

  return {
    values,
    givens: tenants.flatMap(({ id, label }) => [
      given(label, id),
      ...others
        .slice(0, MOST_OTHERS)
        .flatMap((other) =>
          otherValues(tenants, ids).map((held) =>
            given(`${label} and ${other} = ${held.label}`, id, [other, held.id]),
          ),
        ),
    ]),
  }
}

function otherValues(
  tenants: Tenants['givens'],
  ids: Tenants['ids'],
): { id: string; label: string }[] {
  return tenants.flatMap(({ id, label }) => {
    if (id === null) return []
    return { id, label: ids.some((known) => known.id === id) ? label : `'${id}'` }
  })
}
