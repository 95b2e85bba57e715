import type { PolicyState } from '../catalog/policy-state.ts'
import { isObserving } from '../policy/observe.ts'
import { isEquivalent } from '../policy/policy-match.ts'
import type { PolicyPair } from '../policy/policy-pair.ts'
import { replacePolicy } from '../policy/replace-policy.ts'
import {
  alterPolicy,
  createPolicy,
  dropPolicy,
  markPolicy,
  POLICY_MARKER,
  renamePolicy,
  type TenantPolicy,
} from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { Step } from './step.ts'

/** A step that does not say its table yet. */
export type PolicyChange = Omit<Step, 'table'>

export function create(table: TenantTable, policy: TenantPolicy): PolicyChange[] {
  return [
    {
      why: policy.why,
      outcome: policy.name,
      up: createPolicy(table, policy),
      down: [dropPolicy(table, policy.name)],
      lock: 'access exclusive',
    },
    marking(markPolicy(table, policy.name, POLICY_MARKER)),
  ]
}

function marking(up: string): PolicyChange {
  return {
    why: 'Marks it as made by the tool, which alters and drops no other policy.',
    up,
    down: [],
    lock: 'access share',
  }
}

export function adopt(table: TenantTable, { name, comment }: PolicyState): PolicyChange {
  return {
    ...marking(markPolicy(table, name, POLICY_MARKER)),
    why: 'The policy is as it should be; the marker hands it over to kysely-tenants.',
    outcome: `${name} adopted`,
    down: [markPolicy(table, name, comment)],
  }
}

export function takeOver(table: TenantTable, actual: PolicyState): PolicyChange {
  return { ...adopt(table, actual), why: 'Marks it as one of the tool, as it was told to.' }
}

export function drop(table: TenantTable, actual: PolicyState): PolicyChange[] {
  return [
    {
      why: 'The config does not ask for this policy.',
      outcome: `${actual.name} dropped`,
      up: dropPolicy(table, actual.name),
      down: recreate(table, actual),
      lock: 'access exclusive',
      hazard: actual.permissive
        ? 'Rows that only this policy let through are refused from here on.'
        : 'Rows that only this policy held back get through from here on.',
    },
  ]
}

export function alter(
  table: TenantTable,
  pair: PolicyPair,
  policies: readonly PolicyState[],
): PolicyChange {
  const { wanted, actual } = pair
  const change = {
    outcome: `${wanted.name} altered`,
    up: alterPolicy(table, wanted),
    down: restore(table, pair, policies),
    lock: 'access exclusive' as const,
  }
  if (isEquivalent(pair)) {
    return { ...change, why: 'Writes out the WITH CHECK for which USING stood in so far.' }
  }
  return {
    ...change,
    why: `${wanted.why} The roles or the expression differed.`,
    hazard: isObserving(actual)
      ? 'A statement without a tenant sees no rows from here on.'
      : 'Changes which rows a running application reaches.',
  }
}

/** Undoes an ALTER POLICY, which takes away no clause that it added. */
function restore(
  table: TenantTable,
  { wanted, actual }: PolicyPair,
  policies: readonly PolicyState[],
): string[] {
  const found = captured(actual)
  const isAdded = (wanted.using && !found.using) || (wanted.check && !found.check)
  if (!isAdded) return [alterPolicy(table, found)]
  const { create, mark, drop, rename } = replacePolicy(table, found, policies, actual.comment)
  return [create, mark, drop, rename]
}

export function replace(
  table: TenantTable,
  { wanted, actual }: PolicyPair,
  policies: readonly PolicyState[],
): PolicyChange[] {
  const { temporary, create, mark, drop, rename } = replacePolicy(table, wanted, policies)
  return [
    {
      why: `${wanted.why} Under another name until the old policy is gone.`,
      up: create,
      down: [dropPolicy(table, temporary)],
      lock: 'access exclusive',
    },
    marking(mark),
    {
      why: 'The old policy differed in its command or its kind.',
      outcome: `${actual.name} replaced`,
      up: drop,
      down: recreate(table, actual),
      lock: 'access exclusive',
      hazard: 'Changes which rows a running application reaches.',
    },
    {
      why: 'The new policy takes the name of the old one.',
      up: rename,
      down: [renamePolicy(table, wanted.name, temporary)],
      lock: 'access exclusive',
    },
  ]
}

function recreate(table: TenantTable, actual: PolicyState): string[] {
  return [
    createPolicy(table, captured(actual)),
    ...(actual.comment === null ? [] : [markPolicy(table, actual.name, actual.comment)]),
  ]
}

/** The policy that was found, written as PostgreSQL deparses it. */
function captured({ using, check, ...policy }: PolicyState): TenantPolicy {
  return {
    ...policy,
    using: using === null ? undefined : { sql: using, deparsed: using },
    check: check === null ? undefined : { sql: check, deparsed: check },
    why: 'As it was found.',
  }
}
