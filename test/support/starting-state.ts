import type { ConfigInput, TableInput } from '../../src/config/config.ts'
import type { MigrationPart } from '../../src/config/migration-part.ts'

/** A database before its first migration, and the config that is written for it. */
export interface StartingState {
  /** `A` and `B` stand for the two tenants, `APP` for the login of the application. */
  readonly sql: string
  readonly tables: Readonly<Record<string, TableInput>>
  readonly type?: NonNullable<ConfigInput['tenant']>['type']
  /** SQL that is run after a first migration: a drift. */
  readonly drift?: string
  /** The first migration only observes. */
  readonly isObserved?: true
  /** Checks of level medium and above that only the user can satisfy. */
  readonly advice?: readonly string[]
  /** The same on PostgreSQL 14, where it differs. */
  readonly before15?: readonly string[]
  /** The parts of the migration that are asked for beside row security. */
  readonly parts?: readonly MigrationPart[]
  /** SQL for the state that `down` cannot and need not restore. */
  readonly stays?: string
}

export const PROJECTS = `
  create table projects (tenant_id uuid, id int, title text, primary key (tenant_id, id));
  insert into projects values ('A', 1, 'a'), ('B', 2, 'b');`

// A key without the tenant: neither its table nor the foreign keys on it are bounded.
export const PARENT = `
  create table projects (id int primary key, tenant_id uuid not null);
  insert into projects values (1, 'A'), (2, 'B');`

export const KEYS = ['fk-without-tenant', 'unique-without-tenant']

/** A table without a key of its own, filled for both tenants. */
export function rows(name: string, columns: string): string {
  return `create table ${name} (${columns}); insert into ${name} values ('A', 1), ('B', 2);`
}

export const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`
export const MARK = `is 'Written by kysely-tenants.'`
