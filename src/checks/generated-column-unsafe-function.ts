import { identifier } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'

export const generatedColumnUnsafeFunction: Check = tableCheck(
  {
    id: 'generated-column-unsafe-function',
    level: 'info',
    title: 'A default or generated column calls a function of your own',
    why:
      'It runs before the policies see the row: also for rows that are refused, and with their ' +
      'values.',
    link: 'https://www.postgresql.org/docs/current/ddl-generated-columns.html',
    broken: `create function public.slug() returns text language sql volatile as 'select md5(random()::text)';
alter table public.events add column slug text default public.slug()`,
    fixed: 'alter table public.events alter column slug drop default',
  },
  ({ relation, isChild }, { snapshot }) => {
    // A partition has the defaults of its parent.
    if (isChild) return
    const own = snapshot.functions
      .filter(({ inExtension, isBuiltIn }) => !inExtension && !isBuiltIn)
      .map(({ signature }) => signature)
    return relation.columns.flatMap(({ name, defaultFunctions }) => {
      const called = defaultFunctions.filter((fn) => own.includes(fn))
      if (called.length === 0) return []
      return {
        summary: `${identifier(name)} calls ${called.join(', ')}.`,
        fix: `-- Make sure that ${called.join(', ')} does not store or send the values that it is given.`,
      }
    })
  },
)
