import type { TableName } from '../sql/table-name.ts'
import type { FunctionState } from './function-state.ts'

export type PolicyCommand = 'all' | 'select' | 'insert' | 'update' | 'delete'

export interface PolicyState {
  readonly name: string
  readonly permissive: boolean
  readonly command: PolicyCommand
  /** The names in alphabetical order; an empty list stands for `public`. */
  readonly roles: readonly string[]
  /** As PostgreSQL deparses it, and not as it was written. */
  readonly using: string | null
  readonly check: string | null
  /** The columns of its own table that `using` mentions. */
  readonly usingColumns: readonly string[]
  readonly checkColumns: readonly string[]
  /** {@link FunctionState.signature} of the functions it calls; built-in ones leave no trace. */
  readonly functions: readonly string[]
  /** The other relations that its conditions read. */
  readonly relations: readonly TableName[]
  /** The tool marks the policies that it made with a comment. */
  readonly comment: string | null
}
