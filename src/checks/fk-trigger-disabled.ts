import { qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'

export const fkTriggerDisabled: Check = tableCheck(
  {
    id: 'fk-trigger-disabled',
    level: 'medium',
    title: 'Foreign keys of a tenant table are not checked',
    why:
      'DISABLE TRIGGER ALL switches off the triggers that check references: rows may refer to other ' +
      'tenants, or to rows that do not exist.',
    link: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER',
    broken: 'alter table public.tasks disable trigger all',
    fixed: 'alter table public.tasks enable trigger all',
  },
  ({ relation }) => {
    const disabled = relation.triggers.filter(
      ({ isInternal, isEnabled }) => isInternal && !isEnabled,
    )
    if (disabled.length === 0) return
    return {
      summary: `${disabled.length} triggers that check its foreign keys are disabled.`,
      fix: `alter table ${qualifiedName(relation)} enable trigger all`,
    }
  },
)
