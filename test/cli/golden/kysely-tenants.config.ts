// Proposed by `kysely-tenants init` for the database crm on PostgreSQL 18. It is
// yours from here on: review it, then commit it.
import { defineConfig } from 'kysely-tenants/config'

export default defineConfig({
  // The commands connect as crm_owner, who owns the tables; the application has a
  // login of its own.
  connection: process.env.DATABASE_URL,

  tenant: { column: 'tenant_id', type: 'uuid' },

  // The login of the application: it sees the rows of one tenant at a time.
  roles: { app: 'crm_user', admin: 'crm_admin' },

  schemas: ['public', 'billing'],

  tables: {
    // The tenants: each sees its own row.
    tenants: { column: 'id' },
    projects: {},
    // Rows without a tenant are readable by every tenant.
    templates: { shared: true },
    users: {},
    // tenant_id may be NULL, and is to become NOT NULL; { shared: true } if rows without a tenant
    // are for every tenant.
    'billing.exports': {},
    'billing.invoices': { column: 'org_id' },
    // Gets a column tenant_id, filled from projects.
    projectTasks: { backfill: { parent: 'projects' } },

    // Not decided, and reported by `audit` while the application reaches them: list each here,
    // with its column or `backfill`, or under `global`.
    // - drafts: its way to a tenant, project_id, may be NULL
  },

  // No foreign key leads from these to a tenant: every tenant sees every row. A table with data
  // of a tenant belongs under `tables`.
  global: ['countries'],

  // Without these, a row may refer to a row of another tenant, and a view may show it. There
  // are also `unique-keys` and `grants`.
  migrations: { with: ['foreign-keys', 'views'] },
})
