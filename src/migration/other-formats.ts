import type { MigrationFormat } from '../config/migration-format.ts'
import type { FileKind, Format } from './file-kind.ts'
import type { Naming } from './file-name.ts'
import { DRIZZLE, NODE_PG_MIGRATE, SINGLE, SQL } from './syntax.ts'

/** A format that has the name of its tool. */
export type OtherFormat = Exclude<MigrationFormat, 'ts' | 'js' | 'knex-ts' | 'knex' | 'sql'>

const BY_TIME: Naming = { first: 'date and time', isUnique: true }

const PSQL = '`psql -v ON_ERROR_STOP=1 -f <file>`'

/** Tools that keep migrations in folders of their own. Each runs the files by its own rules. */
export const OTHER_FORMATS: Readonly<Record<OtherFormat, Format>> = {
  // The schema engine sends a file in one piece, which is a transaction unless it is one statement.
  // https://www.prisma.io/docs/orm/prisma-migrate/workflows/customizing-migrations
  prisma: {
    folder: 'prisma/migrations',
    outside: 'single',
    naming: BY_TIME,
    files: [
      {
        ...sql('prisma', 'for `npx prisma migrate deploy`', '/migration.sql'),
        template: 'prisma.sql',
      },
      wayBack('prisma', '/down.sql'),
    ],
  },
  // One transaction for all files that are pending.
  // https://orm.drizzle.team/docs/migrations
  drizzle: {
    folder: 'drizzle',
    outside: 'never',
    naming: { first: { number: '0000' }, isUnique: true },
    files: [
      {
        ...sql('drizzle', 'for `npx drizzle-kit migrate`', '.sql'),
        template: 'drizzle.sql',
        syntax: DRIZZLE,
      },
      wayBack('drizzle', '.down.sql'),
    ],
  },
  // https://github.com/amacneil/dbmate#migration-options
  dbmate: {
    folder: 'db/migrations',
    outside: 'single',
    naming: BY_TIME,
    files: [
      {
        ...sql('dbmate', 'for `npx dbmate up`', '.sql'),
        template: 'dbmate.sql',
        templateWithoutTransaction: 'dbmate-without-transaction.sql',
      },
    ],
  },
  // https://salsita.github.io/node-pg-migrate/migrations/
  'node-pg-migrate': {
    folder: 'migrations',
    outside: 'script',
    naming: { first: 'milliseconds', isUnique: true },
    files: [
      {
        template: 'node-pg-migrate.js',
        ending: { module: '.js', commonjs: '.mjs' },
        syntax: NODE_PG_MIGRATE,
      },
    ],
  },
  // https://documentation.red-gate.com/flyway/reference/script-configuration
  flyway: {
    folder: 'sql',
    outside: 'script',
    naming: { first: 'date and time', isUnique: true, style: 'flyway' },
    files: [
      {
        ...sql('flyway', 'for `flyway migrate`', '.sql'),
        prefix: 'V',
        templateWithoutTransaction: 'script.sql',
        syntaxWithoutTransaction: SQL,
      },
      {
        ...sql('flyway', `for \`flyway undo\`, or for ${PSQL}`, '.sql'),
        prefix: 'U',
        template: 'way-back.sql',
        templateWithoutTransaction: 'way-back-without-transaction.sql',
        syntaxWithoutTransaction: SQL,
      },
      { ...conf(), prefix: 'V' },
      // These have transactions of their own.
      { ...conf(), prefix: 'U', template: 'flyway-without-transaction.conf' },
    ],
  },
  // The statements of a file share a pipeline, which is a transaction.
  // https://supabase.com/docs/reference/cli/supabase-db-push
  supabase: {
    folder: 'supabase/migrations',
    outside: 'single',
    naming: BY_TIME,
    files: [
      sql('supabase', 'for `npx supabase db push`', '.sql'),
      // Beside the others it would be run: the name of a file may hold a dot.
      { ...wayBack('supabase', '.sql'), prefix: 'down/' },
    ],
  },
  // https://github.com/graphile/migrate#disabling-transactions
  'graphile-migrate': {
    folder: 'migrations/committed',
    outside: 'single',
    naming: { first: { number: '000001' }, isUnique: true, separator: '-', isAscii: true },
    files: [
      sql('graphile-migrate', 'for `npx graphile-migrate migrate`', '.sql'),
      wayBack('graphile-migrate', '.down.sql'),
    ],
  },
}

export function isOtherFormat(format: MigrationFormat): format is OtherFormat {
  return Object.hasOwn(OTHER_FORMATS, format)
}

/** The tool has a transaction for each file, or sends one statement. */
function sql(format: OtherFormat, origin: string, ending: string): FileKind {
  return {
    origin: written(format, origin),
    template: 'in-transaction.sql',
    templateWithoutTransaction: 'single.sql',
    ending: { module: ending, commonjs: ending },
    syntax: SQL,
    syntaxWithoutTransaction: SINGLE,
  }
}

/** The tool runs no file that goes back. */
function wayBack(format: OtherFormat, ending: string): FileKind {
  return {
    ...sql(format, `for ${PSQL}`, ending),
    template: 'way-back.sql',
    templateWithoutTransaction: 'way-back-without-transaction.sql',
    syntaxWithoutTransaction: SQL,
  }
}

function conf(): FileKind {
  return {
    ...sql('flyway', 'for Flyway', '.sql.conf'),
    template: 'flyway.conf',
    templateWithoutTransaction: 'flyway-without-transaction.conf',
  }
}

function written(format: OtherFormat, what: string): string {
  return `Written by \`kysely-tenants migrate:rls --format ${format}\` ${what}.`
}
