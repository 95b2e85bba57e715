import type { ConfigInput, TableInput } from '../config/config.ts'
import type { MigrationPart } from '../config/migration-part.ts'
import type { Proposal, ProposedTable } from './proposal.ts'

/** The export of the proposed file, without the connection and the folder of the migrations. */
export interface ProposedConfig extends ConfigInput {
  readonly tenant: NonNullable<ConfigInput['tenant']>
  readonly roles?: NonNullable<ConfigInput['roles']>
  readonly schemas: readonly string[]
  readonly tables: Readonly<Record<string, TableInput>>
  readonly global: readonly string[]
  readonly migrations: { readonly with: readonly MigrationPart[] }
}

/** Without these, a row can lead to rows of another tenant, and a view can show them. */
const SAFE_PARTS: readonly MigrationPart[] = ['foreign-keys', 'views']

export function proposedConfig(proposal: Proposal): ProposedConfig {
  const { column, type, schemas, tables, global, unforced = [] } = proposal
  const { app, admin } = proposal.roles
  return {
    tenant: { column, ...(type && { type }) },
    ...(app.length > 0 && {
      roles: { app: one(app), ...(admin.length > 0 && { admin: one(admin) }) },
    }),
    schemas,
    tables: Object.fromEntries(
      tables.map((table) => [table.name, tableInput(table, { column, unforced })]),
    ),
    global,
    ...(unforced === 'all' && { force: false }),
    migrations: { with: SAFE_PARTS },
  }
}

function tableInput(
  table: ProposedTable,
  usual: { readonly column: string; readonly unforced: 'all' | readonly string[] },
): TableInput {
  const { name, column, shared, adoption, backfill = adoption } = table
  return {
    ...(column !== usual.column && { column }),
    ...(shared && { shared }),
    ...(backfill && { backfill: { parent: backfill.parent } }),
    ...(usual.unforced !== 'all' && usual.unforced.includes(name) && { force: false }),
  }
}

function one(names: readonly string[]): string | readonly string[] {
  const [name, ...more] = names
  return name === undefined || more.length > 0 ? names : name
}
