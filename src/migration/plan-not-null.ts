import { descendantsOf } from '../catalog/find-relation.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { literal } from '../sql/literal.ts'
import { dollarQuoted, identifier, qualifiedName } from '../sql/quote.ts'
import type { Step } from './step.ts'

const CONSTRAINT = 'tenant_not_null'

/** Whether the column may be NULL and must not. */
export function lacksNotNull({ column, shared }: TenantTable, { columns }: RelationState): boolean {
  return !shared && columns.some(({ name, notNull }) => name === column && !notNull)
}

/** Every row has a tenant from here on; those that are there are not looked at yet. */
export function planConstraint(
  table: TenantTable,
  relation: RelationState,
  snapshot: Snapshot,
): { readonly looks: Step; readonly adds: Step } {
  const steps = stepsFor(table, snapshot)
  const column = identifier(table.column)
  const name = qualifiedName(relation)
  const without = `select * from ${name} where ${column} is null`
  return {
    looks: {
      ...steps,
      why: 'Ends here, and says where to look, when a row has no tenant.',
      up: `do ${dollarQuoted(` begin
  if exists (${without}) then
    raise not_null_violation using message = ${literal(`${name} has rows without a tenant: ${without}`)};
  end if;
end `)}`,
      down: [],
      lock: 'access share',
    },
    adds: {
      ...steps,
      why: 'A row without a tenant is refused. Validated, this proves NOT NULL without a scan.',
      outcome: `CHECK ${CONSTRAINT}`,
      up: `alter table ${name} add constraint ${CONSTRAINT} check (${column} is not null) not valid`,
      down: [`alter table ${name} drop constraint ${CONSTRAINT}`],
      lock: 'access exclusive',
      hazard: 'An insert that names no tenant and has none to take is refused from here on.',
    },
  }
}

/** Validation takes long and blocks no statement. The steps that block take no time, and come last. */
export function planNotNull(
  table: TenantTable,
  relation: RelationState,
  snapshot: Snapshot,
): { readonly validates: Step; readonly closes: readonly Step[] } {
  const steps = stepsFor(table, snapshot)
  const alter = `alter table ${qualifiedName(relation)}`
  const check = `check (${identifier(table.column)} is not null)`
  const column = `alter column ${identifier(table.column)}`
  // Undone from the root, NOT NULL would go from partitions that had it before.
  const strict = descendantsOf(relation, snapshot).filter(({ columns }) =>
    columns.some(({ name, notNull }) => name === table.column && notNull),
  )
  return {
    validates: {
      ...steps,
      why: 'Looks at the rows that are there.',
      up: `${alter} validate constraint ${CONSTRAINT}`,
      down: [],
      lock: 'share update exclusive',
    },
    closes: [
      {
        ...steps,
        why: 'The tenant is never missing. The constraint proves it, so no row is scanned.',
        outcome: 'NOT NULL',
        up: `${alter} ${column} set not null`,
        down: [
          `${alter} ${column} drop not null`,
          ...strict.map((child) => `alter table ${qualifiedName(child)} ${column} set not null`),
        ],
        lock: 'access exclusive',
      },
      {
        ...steps,
        why: 'The constraint has done its work.',
        up: `${alter} drop constraint ${CONSTRAINT}`,
        down: [`${alter} add constraint ${CONSTRAINT} ${check} not valid`],
        lock: 'access exclusive',
      },
    ],
  }
}

function stepsFor(
  { schema, name }: TenantTable,
  snapshot: Snapshot,
): Pick<Step, 'table' | 'reaches'> {
  const reaches = descendantsOf({ schema, name }, snapshot).map((child) => ({
    schema: child.schema,
    name: child.name,
  }))
  return { table: { schema, name }, ...(reaches.length > 0 && { reaches }) }
}
