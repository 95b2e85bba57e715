import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { decision } from './facts/statements.ts'

export const publicationExposesTenantTable: Check = tableCheck(
  {
    id: 'publication-exposes-tenant-table',
    level: 'info',
    title: 'A tenant table is replicated to subscribers',
    why: 'Logical replication knows no policies: a subscriber gets the rows of every tenant.',
    link: 'https://www.postgresql.org/docs/current/logical-replication-security.html',
    broken: 'create publication everything for table public.projects',
    fixed: 'drop publication everything',
  },
  ({ relation }) =>
    relation.publications.map(({ name, namesTable, hasRowFilter }) => ({
      summary: `Publication ${name} sends ${hasRowFilter ? 'the rows that its filter lets through' : 'its rows'}.`,
      fix: namesTable
        ? decision(
            'If its subscribers may not have every tenant, and none of them needs the table:',
            `  alter publication ${identifier(name)} drop table ${qualifiedName(relation)}`,
          )
        : decision(
            `Name tables in publication ${name}, or see that its subscribers may have every tenant.`,
          ),
    })),
)
