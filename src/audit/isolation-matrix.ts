import { relationNamed } from '../catalog/find-relation.ts'
import { isDistributed } from '../catalog/is-distributed.ts'
import type { PolicyState } from '../catalog/policy-state.ts'
import type { Finding } from '../checks/check.ts'
import { type CheckedTable, checkedTables } from '../checks/facts/checked-tables.ts'
import type { CheckContext } from '../checks/facts/context.ts'
import {
  appliesToApp,
  bindsEveryAppRole,
  demandsOwnRow,
  ignoresTenant,
  isObserved,
  policyPairs,
} from '../checks/facts/policies.ts'
import { ROW_PRIVILEGES, rolesWith } from '../checks/facts/privileges.ts'
import { isUnbound } from '../checks/facts/sight.ts'
import { leaksTo } from '../checks/facts/truth-tables.ts'
import { difference } from '../policy/compare-clauses.ts'
import { isSharedRow } from '../policy/current-tenant.ts'
import { hasSameShape } from '../policy/policy-match.ts'
import { tenantPolicies } from '../policy/tenant-policies.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { COMMANDS, type Command, type Isolation } from './isolation.ts'
import { isUncertainBy, leadsPastEveryTable, roadCells } from './road-cells.ts'

/** One line of the matrix. */
export interface TableIsolation extends Readonly<Record<Command, Isolation>> {
  /** As findings name it: `public.projects`. */
  readonly table: string
}

interface Evidence {
  /** All findings, the waived ones too: a waived hole is a hole. */
  readonly findings: readonly Finding[]
  /** Some check that judges the application itself could not run. */
  readonly isPartial: boolean
}

/** Pure: every tenant table, in the order of the config, command by command. */
export function isolationOf(
  context: CheckContext,
  { findings, isPartial }: Evidence,
): TableIsolation[] {
  const holes = holesOf(findings)
  const roads = roadCells(context)
  const uncertain = new Set(findings.filter(isUncertainBy).map(({ object }) => object))
  const isUncertain = isPartial || findings.some((finding) => affectsEveryTable(finding, context))
  const isElsewhere = isDistributed(context.snapshot)
  const verdict = (state: CheckedTable, command: Command): Isolation => {
    // The statements of the application run on shards, which were not read.
    if (isElsewhere) return 'unknown'
    const name = qualifiedName(state.relation)
    const key = cell(name, command)
    if (holes.has(key)) return 'hole'
    const found = worst([roads.get(key) ?? 'isolated', commandOf(state, command, context)])
    return found === 'isolated' && (isUncertain || uncertain.has(name)) ? 'unknown' : found
  }
  return [
    ...context.wanted.withoutColumn.map((table) => row(qualifiedName(table), () => 'hole')),
    ...checkedTables(context).map((state) =>
      row(qualifiedName(state.relation), (command) => verdict(state, command)),
    ),
  ]
}

export function isIsolated(table: TableIsolation): boolean {
  return COMMANDS.every((command) => table[command] === 'isolated')
}

function row(table: string, verdict: (command: Command) => Isolation): TableIsolation {
  const [select, insert, update, remove] = COMMANDS.map(verdict)
  // COMMANDS has four members.
  if (!select || !insert || !update || !remove) throw new Error('a command is missing')
  return { table, select, insert, update, delete: remove }
}

/** The rows that the policies of the table itself let through. */
function commandOf(state: CheckedTable, command: Command, context: CheckContext): Isolation {
  const { relation, table } = state
  const { wanted } = context
  const unbound = wanted.appRoles.some((role) => isUnbound(role, relation, context))
  if (unbound) return 'hole'
  if (!relation.rlsEnabled) return isReachedByParent(state, context) ? 'isolated' : 'hole'
  if (isObserved(state)) return 'hole'
  if (hasFloor(state, command, context)) return 'isolated'

  const opening = relation.policies.filter(
    (policy) =>
      policy.permissive && isFor(policy.command, command) && appliesToApp(policy, context),
  )
  const verdicts = opening.map((policy): Isolation => {
    const part = { ...policy, command }
    if (demandsOwnRow(part, state) || isShared(part, state)) return 'isolated'
    return ignoresTenant(part, table.column) ? 'hole' : 'unknown'
  })
  const read = worst(verdicts)
  return read === 'unknown' ? evaluated(state, command, context) : read
}

/** The verdict of the trial, for conditions that cannot be judged by their text. */
function evaluated(state: TenantTableState, command: Command, context: CheckContext): Isolation {
  const leaks = leaksTo(command, state, context)
  if (leaks === undefined) return 'unknown'
  return leaks ? 'hole' : 'isolated'
}

/** A partition without privileges of its own: the policies of its parent count. */
function isReachedByParent({ relation, isChild }: CheckedTable, context: CheckContext) {
  const { appRoles } = context.wanted
  return isChild && appRoles.length > 0 && rolesWith(ROW_PRIVILEGES, relation, context).length === 0
}

/** The restrictive policy of the command demands at least what it should, and binds every app role. */
function hasFloor(state: TenantTableState, command: Command, context: CheckContext): boolean {
  const wanted = tenantPolicies(state.table).filter(
    (policy) => !policy.permissive && isFor(policy.command, command),
  )
  const intact = policyPairs(state).filter(
    (pair) =>
      !pair.wanted.permissive &&
      isFor(pair.wanted.command, command) &&
      hasSameShape(pair) &&
      ['none', 'stricter'].includes(difference(pair, state.table)) &&
      bindsEveryAppRole(pair.actual, context),
  )
  return wanted.length > 0 && intact.length === wanted.length
}

function isFor(policy: PolicyState['command'], command: Command): boolean {
  return policy === 'all' || policy === command
}

function isShared({ command, using }: PolicyState, { table }: TenantTableState): boolean {
  return table.shared && command === 'select' && using === isSharedRow(table).deparsed
}

function worst(verdicts: readonly Isolation[]): Isolation {
  const ORDER: readonly Isolation[] = ['hole', 'unknown']
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'isolated'
}

/** The cells that are open past the policies of the table: by TRUNCATE, by the login. */
function holesOf(findings: readonly Finding[]): Set<string> {
  const holes = findings.flatMap(({ check, object }) => {
    if (check === 'grant-truncate') return [cell(object, 'delete')]
    if (check === 'row-security-inactive') return COMMANDS.map((command) => cell(object, command))
    return []
  })
  return new Set(holes)
}

/** A critical finding that is not about one relation, such as a role or a setting, makes every cell uncertain. */
function affectsEveryTable(finding: Finding, context: CheckContext): boolean {
  if (leadsPastEveryTable(finding)) return true
  return finding.level === 'critical' && !relationNamed(finding.object, context.snapshot)
}

function cell(table: string, command: Command): string {
  return `${command} ${table}`
}
