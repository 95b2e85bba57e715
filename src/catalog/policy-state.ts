import type { TableName } from '../sql/table-name.ts'
import type { FunctionState } from './function-state.ts'

export type PolicyCommand = 'all' | 'select' | 'insert' | 'update' | 'delete'

export interface PolicyState {
  readonly name: string
  readonly permissive: boolean
  readonly command: PolicyCommand
  /** Names in order; `public` is written as an empty list. */
  readonly roles: readonly string[]
  /** As PostgreSQL deparses it, which is not as it was written. */
  readonly using: string | null
  readonly check: string | null
  /** The columns of its own table that `using` mentions. */
  readonly usingColumns: readonly string[]
  readonly checkColumns: readonly string[]
  /** {@link FunctionState.signature} of the functions it calls; built-in ones leave no trace. */
  readonly functions: readonly string[]
  /** The other relations that it looks into. */
  readonly relations: readonly TableName[]
  /** The tool marks the policies that it created. */
  readonly comment: string | null
}
