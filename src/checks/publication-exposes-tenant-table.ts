import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'

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
        ? `alter publication ${identifier(name)} drop table ${qualifiedName(relation)}`
        : `-- Name tables in publication ${name}, or see that its subscribers may have every tenant.`,
    })),
)
