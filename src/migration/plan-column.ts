import { descendantsOf, relationOf, rowsOf } from '../catalog/find-relation.ts'
import { firedTriggers } from '../catalog/fired-triggers.ts'
import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { literal } from '../sql/literal.ts'
import { dollarQuoted, identifier, qualifiedName } from '../sql/quote.ts'
import type { TenantSource } from '../wanted/tenant-source.ts'
import type { TenantFill } from '../wanted/wanted.ts'
import type { Step } from './step.ts'

const BATCH = 10_000

/**
 * Adds the column without the default it will have: PostgreSQL would evaluate that once, and give all
 * rows the tenant of the migrating session. A constant costs no rewrite, and is right for all of them.
 * https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
 */
export function planColumn({ tables, column, source }: TenantFill, snapshot: Snapshot): Step[] {
  const [root] = tables
  if (!root || !column) return []
  const { schema, name, shared } = root
  const reaches = descendantsOf(root, snapshot).map((d) => ({ schema: d.schema, name: d.name }))
  const definition = [
    `${identifier(column.name)} ${column.type}`,
    ...('tenant' in source && !shared ? ['not null'] : []),
    ...('tenant' in source ? [`default ${literal(source.tenant)}`] : []),
  ]
  return [
    {
      table: { schema, name },
      ...(reaches.length > 0 && { reaches }),
      why:
        'tenant' in source
          ? `The tenant of each row. All rows so far are of the tenant ${source.tenant}; none is rewritten.`
          : 'The tenant of each row. Empty at first: filling it here would block every other statement.',
      outcome: `column ${column.name}`,
      up: `alter table ${qualifiedName(root)} add column ${definition.join(' ')}`,
      down: [`alter table ${qualifiedName(root)} drop column ${identifier(column.name)}`],
      lock: 'access exclusive',
      downHazard: 'The column goes, and the tenants of the rows with it.',
    },
  ]
}

/** The column as it will be when the steps of {@link planColumn} are done. */
export function withColumn(
  relation: RelationState,
  { shared }: TenantTable,
  { column, source }: TenantFill,
): RelationState {
  if (!column) return relation
  const added: ColumnState = { ...column, notNull: 'tenant' in source && !shared }
  return { ...relation, columns: [...relation.columns, added] }
}

/** Each table that has rows of its own is filled by itself: a row is found by its place in the table. */
export function planBackfill(tenantFill: TenantFill, snapshot: Snapshot): Step[] {
  const { tables, column, source } = tenantFill
  // The new column came with its value.
  if (column && 'tenant' in source) return []
  return tables
    .filter((table) => relationOf(table, snapshot).kind === 'table')
    .map((table) => ({ table, fired: firedBy(table, snapshot) }))
    .map(({ table, fired }) => ({
      table: { schema: table.schema, name: table.name },
      why: `Gives each row ${'tenant' in source ? `the tenant ${source.tenant}` : `the tenant of its row in ${qualifiedName(source.parent)}`}, ${BATCH} at a time; rows that are locked wait for the next turn.`,
      outcome: 'its rows filled',
      up: `do ${dollarQuoted(fill(table, source, { snapshot, commits: true }))}`,
      down: [],
      lock: 'row exclusive',
      hazard: `Writes every row once.${fired}`,
      inTransaction: {
        up: `do ${dollarQuoted(fill(table, source, { snapshot, commits: false }))}`,
        down: [],
        lock: 'row exclusive',
        hazard: `Writes every row once; writes to these rows wait until the transaction ends.${fired}`,
      },
    }))
}

/** `updated_at` is only the best known of what they change. */
function firedBy(table: TenantTable, snapshot: Snapshot): string {
  const names = firedTriggers(relationOf(table, snapshot), table.column).map((t) => t.name)
  if (names.length === 0) return ''
  return ` Fires ${names.map(identifier).join(', ')} for each row; \`kysely-tenants backfill --skip-triggers\` before this file fills the rows without, and leaves it nothing to do.`
}

function fill(
  { schema, name, column }: TenantTable,
  source: TenantSource,
  { snapshot, commits }: { snapshot: Snapshot; commits: boolean },
): string {
  const table = qualifiedName({ schema, name })
  const tenant = identifier(column)
  const rows = rowsToFill(table, tenant, { source, snapshot })
  return ` begin
  while exists (
    select ${rows.from.join('\n    ')}
  ) loop
    update only ${table} as filled set ${tenant} = ${rows.value} from (
      select ${rows.columns}
      ${rows.from.join('\n      ')}
      limit ${BATCH} for no key update of child skip locked
    ) as batch where filled.ctid = batch.place;
    if not found then perform pg_sleep(0.1); end if;${commits ? '\n    commit;' : ''}
  end loop;
end `
}

function rowsToFill(
  table: string,
  tenant: string,
  { source, snapshot }: { source: TenantSource; snapshot: Snapshot },
) {
  const from = [`from only ${table} as child`]
  const isEmpty = `where child.${tenant} is null`
  if ('tenant' in source) {
    return {
      value: literal(source.tenant),
      columns: 'child.ctid as place',
      from: [...from, isEmpty],
    }
  }
  const theirs = `parent.${identifier(source.column)}`
  const pairs = source.on.map(
    ([own, other]) => `parent.${identifier(other)} = child.${identifier(own)}`,
  )
  const join = `join ${rowsOf(source.parent, snapshot)} as parent on ${pairs.join(' and ')}`
  return {
    value: 'batch.tenant',
    columns: `child.ctid as place, ${theirs} as tenant`,
    // A parent without a tenant has none to give: its rows are shown when the constraint is added.
    from: [...from, join, `${isEmpty} and ${theirs} is not null`],
  }
}
