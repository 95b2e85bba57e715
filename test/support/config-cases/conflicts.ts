import type { WrongConfig } from './wrong-config.ts'

/** A JSON Schema looks at each key on its own. */
export const CONFLICTS: readonly WrongConfig[] = [
  {
    title: 'a table that is listed twice, once in quotes',
    input: { tables: ['projects', '"projects"'] },
    problems: ['tables: projects is listed twice; keep one'],
  },
  {
    title: 'a table that stands twice in a record, once in quotes',
    input: { tables: { 'crm.deals': {}, 'crm."deals"': { column: 'org_id' } } },
    problems: ['tables: crm.deals is listed twice; keep one'],
  },
  {
    title: 'a table that is both of a tenant and global',
    input: { tables: ['projects', 'crm.deals'], global: ['crm.deals'] },
    problems: ['global: crm.deals is also under `tables`; it can only be one of them'],
  },
  {
    title: 'an admin that is an app role too',
    input: { roles: { app: ['a', 'b'], admin: 'b' }, tables: ['projects'] },
    problems: ['roles.admin: b is also an app role; give the admin a login of its own'],
  },
  {
    title: 'an owner without the login of the application',
    input: { roles: { owner: 'app_owner' }, tables: ['projects'] },
    problems: [
      'roles.owner: name the login of the application too, roles.app; without it its policies bind the owner',
    ],
  },
  {
    title: 'an owner that is an app role too',
    input: { roles: { app: 'a', owner: ['a', 'b'] }, tables: ['projects'] },
    problems: ['roles.owner: a is also an app role; let another role own the tables'],
  },
  {
    title: 'a lookup in a table that is not listed, and without roles',
    input: { tables: ['tenants'], lookups: { ofKey: { table: 'crm.api_keys', by: 'hash' } } },
    problems: [
      'lookups.ofKey: crm.api_keys is not under `tables`; list it, and write it here as there',
      'lookups: name roles.app and roles.admin too; the admin owns the functions, and the app alone may call them',
    ],
  },
  {
    title: 'a lookup without an admin',
    input: {
      roles: { app: 'app_user' },
      tables: ['tenants'],
      lookups: { ofHost: { table: 'tenants', by: 'hostname' } },
    },
    problems: [
      'lookups: name roles.admin too; the admin owns the functions, and the app alone may call them',
    ],
  },
  {
    title: 'no schemas for tables that need one',
    input: { schemas: [], tables: ['projects', 'crm.deals'], global: ['countries'] },
    problems: [
      "schemas: name the schema of projects, countries, such as ['public'], or write 'schema.table'",
    ],
  },
]
