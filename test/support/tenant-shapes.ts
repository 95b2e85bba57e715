import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigInput } from '../../src/config/config.ts'
import { type MigrationProject, withMigrations } from './migration-project.ts'
import { roleName, withClient, withDatabase } from './postgres.ts'

/** A name that a written file must quote: in SQL, in a template literal and in a comment. */
export const ODD_NAME: string = ['odd `$', '{name} \\ */\n  $& end'].join('')

/** A table of every shape that the tool promises to handle, without row security. */
export function createShapes(url: string): string {
  const quoted = `"${ODD_NAME}"`
  return `
    create role ${roleName(url, 'app_user')} login password 'secret';
    create role ${roleName(url, 'app_admin')} login password 'secret';
    create schema billing;
    create domain billing.org_ref as uuid;
    create domain billing.code as varchar(20);

    create table projects (id int primary key, tenant_id uuid not null, title text);
    create table billing.invoices (id int, org_id bigint not null default 0, primary key (org_id, id));
    create table "projectTasks" (id int primary key, "tenantId" uuid not null);
    create table labels (id int primary key, tenant_id varchar(20) not null default 'house');
    create table billing.orders (id int primary key, tenant_id billing.org_ref not null);
    create table billing.offers (id int primary key, tenant_id billing.code not null);
    create table counters (id int primary key, tenant_id integer not null);
    create table notes (id int primary key, tenant_id text not null);
    create table templates (id int primary key, tenant_id uuid);
    create table comments (id int primary key, tenant_id uuid not null);
    create table tenants (id uuid primary key default gen_random_uuid());
    create table ${quoted} (${quoted} uuid);
    create table events (id int, tenant_id uuid not null, at date not null) partition by range (at);
    create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
    create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
    alter table events_2025 alter tenant_id set default gen_random_uuid();

    create policy "made by the user" on projects for select to public using (title = 'x');
    grant usage on schema billing to public;
    grant select, insert, update, delete on all tables in schema public, billing to public;`
}

/**
 * They have keys of one column, and privileges for PUBLIC: the config does not ask to change them.
 */
export const SHAPES_ADVICE = `Not planned:
  --with unique-keys  public.projects: unique key projects_pkey spans all tenants, and 8 more
  --with grants  public.projects: everybody has DELETE, INSERT, SELECT, UPDATE, and 14 more
`

export function shapesConfig(url: string): ConfigInput & {
  readonly tables: Readonly<Record<string, object>>
} {
  return {
    connection: url,
    roles: { app: roleName(url, 'app_user'), admin: roleName(url, 'app_admin') },
    schemas: ['public', 'billing'],
    tables: {
      projects: {},
      'billing.invoices': { column: 'org_id' },
      projectTasks: { column: 'tenantId' },
      labels: {},
      orders: {},
      offers: {},
      counters: {},
      notes: {},
      templates: { shared: true },
      comments: { access: 'boundary' },
      tenants: { column: 'id' },
      [ODD_NAME]: { column: ODD_NAME },
      events: {},
    },
  }
}

/** Runs `body` where every shape stands; public.config.json names no roles and another setting. */
export function withShapes(
  body: (project: MigrationProject, url: string) => Promise<void>,
): Promise<void> {
  return withDatabase(async (url) => {
    await withClient(url, (client) => client.query(createShapes(url)))
    const config = shapesConfig(url)
    await withMigrations({ ...config, connection: url }, async (project) => {
      const open = { ...config, roles: {}, tenant: { setting: 'custom.tenant' } }
      writeFileSync(join(project.folder, 'public.config.json'), JSON.stringify(open))
      await body(project, url)
    })
  })
}
