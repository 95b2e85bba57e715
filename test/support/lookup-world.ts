import type { ConfigInput } from '../../src/config/config.ts'
import { query } from './keys-project.ts'
import { type MigrationProject, withMigrations } from './migration-project.ts'
import { loginUrl, roleName, withDatabase } from './postgres.ts'

export const A = '00000000-0000-4000-8000-00000000000a'
export const B = '00000000-0000-4000-8000-00000000000b'

const TABLES = `
  create schema crm;
  create domain "Org" as uuid;
  create domain email as varchar(80) collate "C";
  create table tenants (id "Org" primary key, hostname varchar(60) unique, slug text, alias email unique, note text);
  create unique index on tenants (slug) where note is null;
  create table crm."Api Keys" (
    "Org Id" uuid not null, "the ""hash""" bytea not null unique, number int unique, id uuid unique, label text
  );
  create table members (tenant_id uuid, user_id bigint not null, unique (tenant_id, user_id));
  insert into tenants values ('${A}', 'acme.test', 'acme', 'a@acme.test'), ('${B}', '%', 'b', null);
  insert into crm."Api Keys" values ('${A}', '\\x00ff', 7, '${B}', 'first'), ('${B}', '\\x01', null, null, 'second');
  insert into members values ('${A}', 1), ('${B}', 1), ('${B}', 2)`

export const LOOKUPS = {
  tenantOfHost: { table: 'tenants', by: 'hostname' },
  tenantOfAlias: { table: 'tenants', by: 'alias' },
  tenantOfKey: { table: 'crm."Api Keys"', by: 'the "hash"' },
  tenantOfNumber: { table: 'crm."Api Keys"', by: 'number' },
  tenant_of_id: { table: 'crm."Api Keys"', by: 'id' },
  tenantsOfUser: { table: 'members', by: 'user_id', many: true },
} as const

type Lookups = NonNullable<ConfigInput['lookups']>

export interface LookupWorld {
  readonly url: string
  readonly app: string
  readonly admin: string
  readonly config: ConfigInput & { readonly connection: string }
}

/** The owner is no superuser, and may become the admin. */
export function inLookupWorld(
  lookups: Lookups,
  body: (project: MigrationProject, world: LookupWorld) => Promise<unknown>,
): Promise<void> {
  return withDatabase(async (url) => {
    const [app, admin, owner] = [
      roleName(url, 'app'),
      roleName(url, 'admin'),
      roleName(url, 'owner'),
    ]
    await query(
      url,
      `create role ${app} login password 'secret'; create role ${admin};
       create role ${owner} login password 'secret'; grant ${admin} to ${owner};
       revoke create on schema public from public;
       grant create on database ${new URL(url).pathname.slice(1)} to ${owner};
       alter schema public owner to ${owner}; set role ${owner}; ${TABLES};
       alter default privileges grant execute on functions to pg_monitor`,
    )
    await query(
      url,
      `grant usage on schema public, crm to ${app}; grant select, insert on all tables in schema public, crm to ${app}`,
    )
    const config = {
      connection: loginUrl(url, owner),
      roles: { app, admin },
      tables: { tenants: { column: 'id' }, 'crm."Api Keys"': { column: 'Org Id' }, members: {} },
      lookups,
    }
    await withMigrations(config, async (project) => {
      await body(project, { url, app, admin, config })
    })
  })
}

/** What PostgreSQL would write to make them, with owner and privileges. */
export async function bodies(url: string): Promise<object[]> {
  return query(
    url,
    `select pg_get_functiondef(oid), proowner, proacl::text, obj_description(oid, 'pg_proc')
     from pg_proc where proname = 'tenantOfHost'`,
  )
}

/** A line for each function: its arguments, owner, and the roles that may call it. */
export async function functions(url: string): Promise<string[]> {
  const rows = await query(
    url,
    `select proname || '(' || pg_get_function_identity_arguments(p.oid) || ') of ' || proowner::regrole || ' for ' ||
       (select string_agg(case grantee when 0 then 'public' else grantee::regrole::text end, ',' order by grantee::regrole::text)
        from aclexplode(coalesce(proacl, acldefault('f', proowner)))) as line
     from pg_proc p join pg_namespace n on n.oid = pronamespace
     where nspname in ('public', 'crm') order by 1`,
  )
  return rows.map((row) => String(Object.values(row)))
}
