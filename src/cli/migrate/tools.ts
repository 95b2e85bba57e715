export type MigrationCommand = 'migrate:latest' | 'migrate:up' | 'migrate:down' | 'migrate:list'

export type Tool = Readonly<Record<MigrationCommand, string>> & {
  readonly name: string
  /** The sentence after `migrate:rls` has written files. */
  readonly next: string
}

const KNEX: Tool = {
  name: 'Knex',
  next: 'Review them, then run `npx knex migrate:latest`.',
  'migrate:latest': 'Run `npx knex migrate:latest`.',
  'migrate:up': 'Run `npx knex migrate:up`.',
  'migrate:down': 'Run `npx knex migrate:rollback`.',
  'migrate:list': 'Run `npx knex migrate:list`.',
}

const PSQL: Tool = {
  name: 'psql',
  next: 'Review them, then run `psql -v ON_ERROR_STOP=1 -f <file>` for each .up.sql, in this order.',
  'migrate:latest': 'Run `psql -v ON_ERROR_STOP=1 -f <file>` for each .up.sql, in order.',
  'migrate:up': 'Run `psql -v ON_ERROR_STOP=1 -f <file>` for the next .up.sql.',
  'migrate:down': 'Run `psql -v ON_ERROR_STOP=1 -f <file>` for each .down.sql, the last one first.',
  'migrate:list':
    'psql keeps no record; `kysely-tenants migrate:rls --check` says whether a migration is missing.',
}

const PSQL_BACK = 'with `psql -v ON_ERROR_STOP=1 -f <file>`, the last one first'

const PRISMA: Tool = {
  name: 'Prisma',
  next: 'Review them, then run `npx prisma migrate deploy`.',
  'migrate:latest': 'Run `npx prisma migrate deploy`.',
  'migrate:up': 'Run `npx prisma migrate deploy`, which runs all that are pending.',
  'migrate:down': `Prisma goes forward only: run each down.sql ${PSQL_BACK}, and delete its row of _prisma_migrations.`,
  'migrate:list': 'Run `npx prisma migrate status`.',
}

const DRIZZLE: Tool = {
  name: 'Drizzle',
  next: 'Review them, then run `npx drizzle-kit migrate`: one transaction for all of them. `drizzle-kit push` would drop the policies.',
  'migrate:latest': 'Run `npx drizzle-kit migrate`.',
  'migrate:up': 'Run `npx drizzle-kit migrate`, which runs all that are pending.',
  'migrate:down': `Drizzle goes forward only: run each .down.sql ${PSQL_BACK}, and delete its row of drizzle.__drizzle_migrations.`,
  'migrate:list': 'Compare meta/_journal.json with drizzle.__drizzle_migrations.',
}

const DBMATE: Tool = {
  name: 'dbmate',
  next: 'Review them, then run `npx dbmate up`.',
  'migrate:latest': 'Run `npx dbmate up`.',
  'migrate:up': 'Run `npx dbmate up`, which runs all that are pending.',
  'migrate:down': 'Run `npx dbmate down`.',
  'migrate:list': 'Run `npx dbmate status`.',
}

const NODE_PG_MIGRATE: Tool = {
  name: 'node-pg-migrate',
  next: 'Review them, then run `npx node-pg-migrate up`.',
  'migrate:latest': 'Run `npx node-pg-migrate up`.',
  'migrate:up': 'Run `npx node-pg-migrate up 1`.',
  'migrate:down': 'Run `npx node-pg-migrate down`.',
  'migrate:list': 'Run `npx node-pg-migrate up --dry-run`.',
}

const FLYWAY: Tool = {
  name: 'Flyway',
  next: 'Review them, then run `flyway -postgresql.transactional.lock=false migrate`: with its lock in a transaction, a concurrent index would wait for ever.',
  'migrate:latest': 'Run `flyway -postgresql.transactional.lock=false migrate`.',
  'migrate:up': 'Run `flyway -postgresql.transactional.lock=false -target=next migrate`.',
  'migrate:down': `Run \`flyway undo\`, or each U file ${PSQL_BACK}.`,
  'migrate:list': 'Run `flyway info`.',
}

const SUPABASE: Tool = {
  name: 'Supabase',
  next: 'Review them, then run `npx supabase db push`, or `npx supabase migration up` for the local database.',
  'migrate:latest':
    'Run `npx supabase db push`, or `npx supabase migration up` for the local database.',
  'migrate:up': 'Run `npx supabase migration up`, which runs all that are pending.',
  'migrate:down': `Run each file of down/ ${PSQL_BACK}, then \`npx supabase migration repair --status reverted <version>\`.`,
  'migrate:list': 'Run `npx supabase migration list`.',
}

const GRAPHILE_MIGRATE: Tool = {
  name: 'graphile-migrate',
  next: 'Review them, then run `npx graphile-migrate migrate`. After a change, take the hash that it names.',
  'migrate:latest': 'Run `npx graphile-migrate migrate`.',
  'migrate:up': 'Run `npx graphile-migrate migrate`, which runs all that are pending.',
  'migrate:down': `graphile-migrate goes forward only: run each .down.sql ${PSQL_BACK}, and delete its row of graphile_migrate.migrations.`,
  'migrate:list': 'Run `npx graphile-migrate status`.',
}

/** The tools that run a format; Kysely's are left out. */
export const TOOLS: Partial<Record<string, Tool>> = {
  knex: KNEX,
  'knex-ts': KNEX,
  sql: PSQL,
  prisma: PRISMA,
  drizzle: DRIZZLE,
  dbmate: DBMATE,
  'node-pg-migrate': NODE_PG_MIGRATE,
  flyway: FLYWAY,
  supabase: SUPABASE,
  'graphile-migrate': GRAPHILE_MIGRATE,
}
