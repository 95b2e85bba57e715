import { defineConfig } from 'kysely-tenants/config'

export default defineConfig({
  connection: process.env.DATABASE_URL,
  tenant: { type: 'text' },
  roles: { app: 'crm_app', admin: 'crm_admin' },
  schemas: ['public', 'billing'],
  tables: {
    tenants: { column: 'id' },
    users: {},
    projects: {},
    projectTasks: { column: 'tenantId' },
    comments: {},
    templates: { shared: true },
    events: {},
    'billing.subscriptions': {},
    'billing.invoices': { column: 'org_id' },
    'billing.invoice_lines': {},
  },
  global: ['countries'],
  // The server is the one of a development dependency, of whatever release.
  audit: { levels: { 'server-rls-cve': 'off' } },
})
