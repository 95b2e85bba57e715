import { findRelation } from '../catalog/find-relation.ts'
import type { Equality } from '../catalog/reach/body-facts.ts'
import type { ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { RoadMap } from './road-map.ts'
import type { State, Stop } from './road-state.ts'

type OnRelation = Extract<Stop, { kind: 'relation' }>

/**
 * The statement compares the tenant column of a tenant table in it with the tenant of the statement, or of the
 * row that set it off, and those of the others with that one.
 */
export function namesTenant({ statement }: OnRelation, state: State, map: RoadMap): boolean {
  if (!statement) return false
  // What is inserted comes from the others.
  const used = statement.relations.filter(({ verb }) => verb !== 'insert')
  const tables = used.flatMap(({ name }) =>
    map.index
      .relationsNamed(name)
      .filter((relation) => map.tenancy.standingOf(relation) === 'tenant')
      .slice(0, 1),
  )
  const columns = new Set(tables.flatMap((table) => map.tenancy.tableOf(table)?.column ?? []))
  const ofTenant = statement.equals.filter(({ column }) => columns.has(column))
  const own = ofTenant.filter((equality) => isOwn(equality, state, map))
  const joining = ofTenant.filter(({ to, name }) => to === 'column' && columns.has(name))
  return own.length > 0 && own.length + joining.length >= tables.length
}

function isOwn({ to, name }: Equality, state: State, map: RoadMap): boolean {
  const setting = map.context.wanted.setting.toLowerCase()
  if (to === 'row') {
    const row = rowOf(state)
    return (
      row !== undefined && name === map.tenancy.tableOf(row)?.column && isProven(row, state, map)
    )
  }
  if (setsTenant(state, setting)) return false
  if (to === 'setting') return name === setting
  const called = map.index.functionsNamed(name)
  return called.length > 0 && called.every(({ body }) => body.returnsSetting === setting)
}

/** Code on the road chooses the tenant itself. */
function setsTenant({ stop, from }: State, setting: string): boolean {
  if (stop.kind === 'code') {
    const { body, settings } = stop.fn
    const names = [
      ...body.sets.map(({ name }) => name),
      ...settings.map((entry) => entry.split('=')[0]?.toLowerCase()),
    ]
    if (names.includes(setting) || names.includes('*')) return true
  }
  return from !== undefined && setsTenant(from, setting)
}

function rowOf({ stop, from }: State): ReachRelation | undefined {
  if (stop.kind === 'code') return stop.row
  return from && rowOf(from)
}

/**
 * The policies see a row behind its BEFORE triggers. Where a later one sets the tenant, the earlier ones saw
 * whatever the login wrote there.
 */
function isProven(row: ReachRelation, state: State, map: RoadMap): boolean {
  const code = codeOf(state)
  const column = map.tenancy.tableOf(row)?.column.toLowerCase() ?? ''
  const { triggers = [] } = findRelation(row, map.context.snapshot) ?? {}
  const setting = triggers.filter((t) => t.isBeforeRow && t.assigns.includes(column))
  const own = map.index
    .triggersOn(row.id)
    .filter((trigger) => trigger.isBefore && trigger.function === code?.id)
  return !own.some(({ name }) => setting.some((later) => later.name > name))
}

function codeOf({ stop, from }: State): ReachFunction | undefined {
  if (stop.kind === 'code' && stop.row) return stop.fn
  return from && codeOf(from)
}
