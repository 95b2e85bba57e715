import type { PolicyState } from '../catalog/policy-state.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { type Change, changedList, isSame, type Judgement } from './change.ts'
import { type ComparedTable, tableEffect } from './policy-effects.ts'
import { judgeByText } from './policy-words.ts'

export function changedPolicies(compared: ComparedTable, object: string): Change[] {
  const { before, after } = compared
  const change = (judgement: Judgement, summary: string) => ({ judgement, object, summary })
  const effect = tableEffect(compared)
  // The truth table is of the roles of the config, and does not hold for others.
  const judged = (byText: Judgement, ...policies: readonly PolicyState[]) =>
    effect && policies.every((policy) => isOfConfig(policy, compared.table)) ? effect : byText

  return changedList(before.policies, after.policies, {
    key: ({ name }) => name,
    added: (policy) =>
      change(
        judged(policy.permissive ? 'WIDENS' : 'NARROWS', policy),
        `policy ${policy.name} is new: ${policyText(policy)}`,
      ),
    gone: (policy) =>
      change(
        judged(policy.permissive ? 'NARROWS' : 'WIDENS', policy),
        `policy ${policy.name} is gone: ${policyText(policy)}`,
      ),
    kept: (old, now) => {
      const { comment: _, ...rest } = old
      const { comment: __, ...other } = now
      if (isSame(rest, other)) return []
      return change(
        judged(judgeByText(old, now), old, now),
        `policy ${now.name}: ${policyText(old)} → ${policyText(now)}`,
      )
    },
  })
}

function policyText({ permissive, command, roles, using, check }: PolicyState): string {
  return [
    `${permissive ? 'permissive' : 'restrictive'} for ${command}`,
    `to ${roles.length === 0 ? 'public' : roles.join(', ')}`,
    ...(using === null ? [] : [`using ${using}`]),
    ...(check === null ? [] : [`with check ${check}`]),
  ].join(' ')
}

function isOfConfig({ roles }: PolicyState, table: TenantTable | undefined): boolean {
  const known = [table?.appRoles, table?.adminRoles, table?.ownerRoles].flatMap(
    (roles) => roles ?? [],
  )
  return roles.length > 0 && roles.every((role) => known.includes(role))
}
