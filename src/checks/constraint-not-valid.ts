import type { ConstraintState } from '../catalog/constraint-state.ts'
import { findRelation } from '../catalog/find-relation.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { type Check, tableCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { validatedWith } from './facts/foreign-keys.ts'
import { statements } from './facts/statements.ts'

export const constraintNotValid: Check = tableCheck(
  {
    id: 'constraint-not-valid',
    level: 'low',
    title: 'A constraint was never checked against the existing rows',
    why: 'Old rows may break it. A migration that adds a constraint NOT VALID has to validate it later.',
    link: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT',
    broken: `alter table public.events add constraint recent check (at > '2000-01-01') not valid`,
    fixed: 'alter table public.events validate constraint recent',
  },
  (state, context) =>
    state.relation.constraints
      .filter(({ isValid, isPartition }) => !isValid && !isPartition)
      .map((constraint) => ({
        summary: `Constraint ${constraint.name} is NOT VALID.`,
        fix: validate(constraint, state, context),
      })),
)

function validate(
  { name, kind }: ConstraintState,
  { relation }: TenantTableState,
  { snapshot }: CheckContext,
): string {
  const statement = `alter table ${qualifiedName(relation)} validate constraint ${identifier(name)}`
  if (kind !== 'foreign key') return statement
  const key = relation.foreignKeys.find((candidate) => candidate.name === name)
  const referenced = key ? (findRelation(key.references, snapshot) ?? []) : []
  return statements(validatedWith([relation, referenced].flat(), statement, snapshot))
}
