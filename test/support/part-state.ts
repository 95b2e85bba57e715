import type { MigrationPart } from '../../src/config/migration-part.ts'

export const ALL: readonly MigrationPart[] = ['foreign-keys', 'unique-keys', 'views', 'grants']

/** `A` has an even number, `B` an odd one. */
export const PROJECTS = `
  create table projects (id int primary key, tenant_id uuid not null, title text);
  insert into projects values (2, 'A', 'a'), (1, 'B', 'b');`

export function tasks(reference: string): string {
  return `create table tasks (id int primary key, tenant_id uuid not null, project_id int ${reference});
    insert into tasks values (2, 'A', 2), (1, 'B', 1), (3, 'B', null);`
}

/** PostgreSQL 14 has no NULLS NOT DISTINCT, no list of columns after SET NULL, no MAINTAIN. */
export function from(version: number, sql: string): string {
  return `do $do$ begin
    if current_setting('server_version_num')::int >= ${version}0000 then execute '${sql}'; end if;
  end $do$;`
}
