import { type Check, defineCheck } from './check.ts'

export const functionLeakproofUserDefined: Check = defineCheck(
  {
    id: 'function-leakproof-user-defined',
    level: 'critical',
    title: 'A function of your own is declared LEAKPROOF',
    why: 'PostgreSQL may run it before the policies: it sees the values of every tenant.',
    link: 'https://www.postgresql.org/docs/current/sql-createfunction.html',
    broken: `create function public.is_long(text) returns boolean language plpgsql leakproof
  as 'begin return length($1) > 9; end'`,
    fixed: 'alter function public.is_long(text) not leakproof',
  },
  ({ snapshot }) =>
    snapshot.functions
      .filter(({ leakproof, isBuiltIn, inExtension }) => leakproof && !isBuiltIn && !inExtension)
      .map(({ signature }) => ({
        object: signature,
        summary: 'LEAKPROOF lets it run before the policies.',
        fix: `alter function ${signature} not leakproof`,
      })),
)
