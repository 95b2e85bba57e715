import { columnUsers } from '../catalog/column-users.ts'
import { findRelation } from '../catalog/find-relation.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config } from '../config/config.ts'
import type { TenantType } from '../config/tenant-setting.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { Listed } from './listed-tables.ts'
import { tenantTypeOf, typeProblem } from './tenant-type.ts'
import type { MistypedColumn } from './wanted.ts'

/** @param wanted by the config, else of all the other tables */
export function mistypedColumns(
  listed: readonly Listed[],
  config: Config,
  wanted: TenantType | undefined,
): MistypedColumn[] {
  return listed.flatMap(({ relation: { schema, name }, column }) => {
    const problem = typeProblem(column, config.type)
    if (problem === undefined) return []
    return { schema, name, column: column.name, actual: column.type, wanted, problem }
  })
}

/** The type of all of them; undefined when they are of several. */
export function commonType([first, ...others]: readonly Listed[]): TenantType | undefined {
  const type = first && tenantTypeOf(first.column)
  return others.every(({ column }) => tenantTypeOf(column) === type) ? type : undefined
}

/** A sentence for commands that cannot go on with such a column. */
export function mistypedProblem(
  { column, problem, ...table }: MistypedColumn,
  snapshot: Snapshot,
): string {
  const relation = findRelation(table, snapshot)
  const users = relation ? columnUsers(relation, column, snapshot.relations) : []
  const first = users.length > 0 ? ` To alter its type, ${users.join(', ')} must go first.` : ''
  return `${qualifiedName(table)}.${identifier(column)} is ${problem}${first}`
}
