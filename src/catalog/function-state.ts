import type { TableName } from '../sql/table-name.ts'

export interface FunctionState extends TableName {
  /** Ready for SQL: `public.is_member(id uuid)`. */
  readonly signature: string
  readonly kind: 'function' | 'procedure'
  readonly owner: string
  readonly language: string
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  /** As PostgreSQL writes it: `uuid`, `SETOF text`; null for a procedure. */
  readonly result: string | null
  /** NULL for an argument is NULL for the result. */
  readonly isStrict: boolean
  readonly comment: string | null
  /** The statement that makes it; null for functions that the tool did not make. */
  readonly definition: string | null
  /** A hash of its body, which shows that it changed. */
  readonly bodyHash: string
  /** It is a trigger function: it cannot be called as a function. */
  readonly isTrigger: boolean
  readonly securityDefiner: boolean
  readonly leakproof: boolean
  readonly parallelSafe: boolean
  /** Its SET clauses: `search_path=pg_catalog`. */
  readonly settings: readonly string[]
  readonly inExtension: boolean
  readonly isBuiltIn: boolean
  /** The roles that were granted EXECUTE; null stands for `public`. */
  readonly grantees: readonly (string | null)[]
  /** The app roles that may call it. */
  readonly callers: readonly string[]
}
