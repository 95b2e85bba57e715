import { qualifiedName } from '../sql/quote.ts'
import type { PlannedTable } from './part-change.ts'
import type { Step } from './step.ts'

/** Row security on: from here on the policies of the table hold. */
export function planEnable({
  table: { schema, name, observedBy },
  relation,
}: PlannedTable): Step[] {
  if (relation.rlsEnabled) return []
  const table = { schema, name }
  const alter = `alter table ${qualifiedName(table)}`
  const enable: Step = {
    table,
    why: 'Turns the policies on.',
    outcome: 'ENABLE',
    up: `${alter} enable row level security`,
    down: [`${alter} disable row level security`],
    lock: 'access exclusive',
    hazard: 'A statement without a tenant sees no rows from here on.',
  }
  if (observedBy === undefined) return [enable]
  const notForced = {
    table,
    lock: 'access exclusive' as const,
    why: 'The owner has no policy yet.',
    outcome: 'NO FORCE',
    up: `${alter} no force row level security`,
    down: [`${alter} force row level security`],
  }
  return [...(relation.rlsForced ? [notForced] : []), { ...enable, hazard: NOT_ENFORCED }]
}

const NOT_ENFORCED = [
  'A statement may still write a row of any tenant, and one without a tenant reads, changes and deletes',
  'those of all. No index serves a policy like this.',
].join(' ')

/** The last step: see `plan`. */
export function planForce({ table: wanted, relation: { rlsForced } }: PlannedTable): Step[] {
  const { schema, name, isUnforced = false } = wanted
  if (rlsForced !== isUnforced) return []
  const table = { schema, name }
  const alter = `alter table ${qualifiedName(table)}`
  const force = `${alter} force row level security`
  const unforce = `${alter} no force row level security`
  const step = { table, lock: 'access exclusive' } as const
  return isUnforced
    ? [
        {
          ...step,
          why: 'The config leaves FORCE out: the owner of the table sees every tenant.',
          outcome: 'NO FORCE',
          up: unforce,
          down: [force],
          hazard:
            'Jobs, views and functions of the owner read and change the rows of every tenant.',
          downHazard: HIDDEN,
        },
      ]
    : [
        {
          ...step,
          why: 'Makes the policies apply to the owner of the table too.',
          outcome: 'FORCE',
          up: force,
          down: [unforce],
          hazard: HIDDEN,
        },
      ]
}

const HIDDEN = 'Jobs, views and functions of the owner see no rows without a policy for it.'
