import { identifier } from '../sql/quote.ts'
import type { Proposal, ProposedParent, ProposedTable } from './proposal.ts'
import { type ProposedConfig, proposedConfig } from './proposed-config.ts'
import { commentText, type Entries, propertyLines } from './source-text.ts'

/** Facts about the folder that decide which lines the file needs. */
export interface Surroundings {
  /** The name of a `kysely.config.*`, and what it gives. */
  readonly kyselyConfig:
    | { readonly name: string; readonly connects: boolean; readonly folder: boolean }
    | undefined
  /** For `migrations.folder`. */
  readonly folder: string | undefined
}

/** The text of the config file: valid TypeScript and JavaScript, with a reason for each guess. */
export function renderConfig(proposal: Proposal, surroundings: Surroundings): string {
  const { database, serverVersion } = proposal
  const config = proposedConfig(proposal)
  const sections = [
    connection(proposal, surroundings),
    propertyLines('tenant', literal(config.tenant), 2),
    roles(proposal, config),
    propertyLines('schemas', config.schemas, 2),
    tables(proposal, config),
    global(config),
    force(proposal),
    lookups(proposal),
    migrations(config, surroundings),
  ].filter((lines) => lines.length > 0)
  const written = sections.map((lines) => lines.map((line) => (line ? `  ${line}` : '')).join('\n'))
  const release = Math.floor(serverVersion / 10_000)
  return [
    ...comment(
      `Proposed by \`kysely-tenants init\` for the database ${database} on PostgreSQL ${release}. It is yours from here on: review it, then commit it.`,
    ),
    "import { defineConfig } from 'kysely-tenants/config'",
    '',
    'export default defineConfig({',
    written.join('\n\n'),
    '})',
    '',
  ].join('\n')
}

function connection({ owners, citus }: Proposal, { kyselyConfig }: Surroundings): string[] {
  const who = `${owners.join(', ')}, who ${owners.length > 1 ? 'own' : 'owns'} the tables`
  const warning = citus
    ? comment(
        'Citus is installed. It refuses policies with a sub-select, as `migrate:rls` writes them, on distributed tables.',
      )
    : []
  if (kyselyConfig?.connects) {
    return [
      ...warning,
      ...comment(`The commands connect as ${kyselyConfig.name} does; that must be ${who}.`),
    ]
  }
  return [
    ...warning,
    ...comment(`The commands connect as ${who}; the application has a login of its own.`),
    'connection: process.env.DATABASE_URL,',
  ]
}

// A config is made of literals; its type allows what is left out to be undefined.
function literal(value: object): Entries {
  return value as Entries
}

function roles(
  { roles: { others, warnings }, schemas }: Proposal,
  { roles }: ProposedConfig,
): string[] {
  if (roles === undefined) {
    const all = schemas.map(identifier).join(', ')
    return [
      ...comment(
        'No login was found that may change tenant tables and that row security binds: superusers, owners and roles with BYPASSRLS are above it. Create one, and connect the application with it:',
      ),
      "//   create role app_user login password '…';",
      `//   grant usage on schema ${all} to app_user;`,
      `//   grant select, insert, update, delete on all tables in schema ${all} to app_user;`,
      `//   grant usage on all sequences in schema ${all} to app_user;`,
      "// roles: { app: 'app_user' },",
    ]
  }
  return [
    ...comment('The login of the application: it sees the rows of one tenant at a time.'),
    ...(others.length === 0
      ? []
      : comment(
          `Others that may change tenant tables: ${others.join(', ')}. One that is to see every tenant belongs under \`admin\`; without a policy they see nothing.`,
        )),
    ...warnings.flatMap(comment),
    ...propertyLines('roles', literal(roles), 2),
  ]
}

function tables(proposal: Proposal, config: ProposedConfig): string[] {
  const lines = proposal.tables.flatMap((table) => [
    ...remark(table, proposal),
    ...propertyLines(table.name, literal(config.tables[table.name] ?? {}), 4),
  ])
  const open = proposal.undecided.flatMap(({ name, reason }) => comment(`- ${name}: ${reason}`))
  const undecided =
    open.length === 0
      ? []
      : [
          '',
          ...comment(
            'Not decided, and reported by `audit` while the application reaches them: list each here, with its column or `backfill`, or under `global`.',
          ),
          ...open,
        ]
  return ['tables: {', ...[...lines, ...undecided].map((line) => (line ? `  ${line}` : '')), '},']
}

function remark(table: ProposedTable, { column, tenantsTable }: Proposal): string[] {
  if (table.name === tenantsTable) return comment('The tenants: each sees its own row.')
  if (table.adoption) {
    return comment(`Gets a column ${column}, filled from ${parentText(table.adoption)}.`)
  }
  if (table.backfill) {
    return comment(
      `${table.column} may be NULL: rows without a tenant get that of ${parentText(table.backfill)}.`,
    )
  }
  if (!table.nullable) return []
  return table.shared
    ? comment('Rows without a tenant are readable by every tenant.')
    : comment(
        `${table.column} may be NULL, and is to become NOT NULL; { shared: true } if rows without a tenant are for every tenant.`,
      )
}

function parentText({ parent, alternatives }: ProposedParent): string {
  const others = alternatives.length > 0 ? `; ${alternatives.join(', ')} would do as well` : ''
  return `${parent}${others}`
}

function global({ global: names }: ProposedConfig): string[] {
  if (names.length === 0) return []
  return [
    ...comment(
      'No foreign key leads from these to a tenant: every tenant sees every row. A table with data of a tenant belongs under `tables`.',
    ),
    ...propertyLines('global', names, 2),
  ]
}

function lookups({ lookups = [] }: Proposal): string[] {
  if (lookups.length === 0) return []
  const entries = Object.fromEntries(lookups.map(({ name, table, by }) => [name, { table, by }]))
  return [
    ...comment('The tenant of a key, before it is known; it needs `roles.admin`: docs/lookups.md.'),
    ...propertyLines('lookups', entries, 5).map(commentText),
  ]
}

function force({ unforced, ownerCode = [] }: Proposal): string[] {
  if (unforced === undefined) return []
  const code = ownerCode.filter(({ sees }) => sees === 'no row')
  const names = code.map(({ kind, name, role }) => comment(`- ${kind} ${name} as ${role}`))
  const isAll = unforced === 'all'
  return [
    ...comment(
      `FORCE would show no row to the code below, so ${isAll ? 'it is left out' : '`force: false` leaves it out of the tables that it reads'}. The alternative is \`roles.owner\`, a policy for the owner: docs/owner.md.`,
    ),
    ...names.flat(),
    ...(isAll ? ['force: false,'] : []),
  ]
}

function migrations(
  { migrations: { with: parts } }: ProposedConfig,
  { folder, kyselyConfig }: Surroundings,
): string[] {
  const place =
    folder === undefined && kyselyConfig?.folder
      ? comment(`The folder of the migrations is the one of ${kyselyConfig.name}.`)
      : []
  return [
    ...place,
    ...comment(
      'Without these, a row may refer to a row of another tenant, and a view may show it. There are also `unique-keys` and `grants`.',
    ),
    ...propertyLines('migrations', { ...(folder !== undefined && { folder }), with: parts }, 2),
  ]
}

function comment(text: string): string[] {
  return (text.match(/\S.{0,90}(?!\S)|\S+/gs) ?? []).map(commentText)
}
