import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import type { Step } from './step.ts'

interface NewIndex {
  readonly name: string
  readonly isUnique: boolean
  /** The text behind the table: `(tenant_id, lower(email)) WHERE (deleted_at IS NULL)`. */
  readonly body: string
  readonly why: string
}

/** Builds the index while the application writes. The rest of an interrupted run goes first. */
export function buildConcurrently({ schema, name }: TableName, index: NewIndex): Step[] {
  const step = { table: { schema, name }, lock: 'share update exclusive' } as const
  const drop = `drop index concurrently if exists ${qualifiedName({ schema, name: index.name })}`
  return [
    {
      ...step,
      why: 'An interrupted run of this file may have left an index that is not valid.',
      up: drop,
      down: [],
      isCleanUp: true,
    },
    {
      ...step,
      why: index.why,
      outcome: `index ${index.name}`,
      up: `create ${index.isUnique ? 'unique ' : ''}index concurrently ${onTable({ schema, name }, index)}`,
      down: [drop],
      hazard: 'Waits for every transaction that is older.',
      inTransaction: {
        up: `create ${index.isUnique ? 'unique ' : ''}index if not exists ${onTable({ schema, name }, index)}`,
        down: [`drop index if exists ${qualifiedName({ schema, name: index.name })}`],
        lock: 'share',
        hazard: 'Writes to the table wait until the transaction ends.',
      },
    },
  ]
}

/** The end of a `create index`: name, table and keys. */
export function onTable(
  { schema, name }: TableName,
  index: Pick<NewIndex, 'name' | 'body'>,
): string {
  return `${identifier(index.name)} on ${qualifiedName({ schema, name })} ${index.body}`
}
