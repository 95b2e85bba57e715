import {
  DummyDriver,
  Kysely,
  type OperationNodeSource,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RootOperationNode,
} from 'kysely'
import { relationsOf } from '../../src/kysely/plugin/query-relations.ts'

interface Table {
  id: number
  tenant_id: string
  parent_id: number | null
  title: string
}
export type Tables = Record<'projects' | 'tasks' | 'users' | 'archive' | 'billing.invoices', Table>

/** A Kysely that builds queries and connects to no server. */
export const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

export const ROW = { id: 1, tenant_id: 'a', parent_id: null, title: 't' }

/** A query, and the tables that are in it. */
export type RelationCase = readonly [OperationNodeSource, ...tables: string[]]

/** The tables of a query, sorted. */
export function tablesIn(source: OperationNodeSource): string[] {
  return relationsOf(source.toOperationNode() as RootOperationNode)
    .map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`))
    .sort()
}
