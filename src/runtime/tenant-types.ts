import type {
  AccessMode,
  ColumnType,
  Command,
  ConnectionBuilder,
  ControlledTransaction,
  ControlledTransactionBuilder,
  IsolationLevel,
  Kysely,
  KyselyPlugin,
  SelectType,
  Transaction,
  TransactionBuilder,
} from 'kysely'

/**
 * `DB` where the tenant column of the tables can be read and filtered, but neither inserted nor
 * updated: the database fills it in from the scope.
 *
 * @example
 * ```ts
 * type Database = WithTenant<Tables, 'projects' | 'tasks', 'tenant_id'>
 * ```
 */
export type WithTenant<DB, Tables extends keyof DB, Column extends string = 'tenant_id'> = {
  [Table in keyof DB]: Table extends Tables ? ReadOnlyColumn<DB[Table], Column> : DB[Table]
}

type ReadOnlyColumn<Table, Column extends string> = {
  [C in keyof Table]: C extends Column ? ColumnType<SelectType<Table[C]>, never, never> : Table[C]
}

declare const TENANT: unique symbol

/**
 * The brand of handles that are bound to one tenant. It exists for the compiler only: Kysely's own
 * types let a plain `Kysely` pass where another is meant.
 */
export interface TenantBrand {
  readonly [TENANT]: true
}

/**
 * A Kysely that is bound to one tenant, or a transaction or connection of one: what a function demands
 * that must not run on a plain handle.
 *
 * @example
 * ```ts
 * const listProjects = (db: TenantKysely<Database>) => db.selectFrom('projects').selectAll().execute()
 *
 * await listProjects(tenancy.forTenant(db, 'acme'))
 * ```
 */
export type TenantKysely<DB> = Kysely<DB> & TenantBrand

/** What `forTenant` returns: everything that comes from it keeps the brand. */
export interface TenantHandle<DB> extends Kysely<DB>, TenantBrand {
  transaction(): TenantTransactionBuilder<DB>
  startTransaction(): TenantControlledTransactionBuilder<DB>
  connection(): TenantConnectionBuilder<DB>
  withPlugin(plugin: KyselyPlugin): TenantHandle<DB>
  withoutPlugins(): TenantHandle<DB>
  withSchema(schema: string): TenantHandle<DB>
}

export interface TenantTransaction<DB> extends Transaction<DB>, TenantBrand {
  withPlugin(plugin: KyselyPlugin): TenantTransaction<DB>
  withoutPlugins(): TenantTransaction<DB>
  withSchema(schema: string): TenantTransaction<DB>
}

export interface TenantTransactionBuilder<DB> extends TransactionBuilder<DB> {
  setAccessMode(accessMode: AccessMode): TenantTransactionBuilder<DB>
  setIsolationLevel(isolationLevel: IsolationLevel): TenantTransactionBuilder<DB>
  execute<T>(callback: (trx: TenantTransaction<DB>) => Promise<T>): Promise<T>
}

export interface TenantControlledTransactionBuilder<DB> extends ControlledTransactionBuilder<DB> {
  setAccessMode(accessMode: AccessMode): TenantControlledTransactionBuilder<DB>
  setIsolationLevel(isolationLevel: IsolationLevel): TenantControlledTransactionBuilder<DB>
  execute(): Promise<TenantControlledTransaction<DB>>
}

/** What `startTransaction` returns; it keeps the brand across its savepoints. */
export type TenantControlledTransaction<DB, Savepoints extends string[] = []> = BrandedControls<
  DB,
  Savepoints
> &
  TenantBrand &
  ControlledTransaction<DB, Savepoints>

// In front of Kysely's own in the intersection, so that these are the signatures that apply.
interface BrandedControls<DB, S extends string[]> {
  savepoint<Name extends string>(name: Name): Command<TenantControlledTransaction<DB, [...S, Name]>>
  rollbackToSavepoint<Name extends S[number]>(
    name: Name,
  ): Command<TenantControlledTransaction<DB, [...Before<S, Name>, Name]>>
  releaseSavepoint<Name extends S[number]>(
    name: Name,
  ): Command<TenantControlledTransaction<DB, Before<S, Name>>>
  withPlugin(plugin: KyselyPlugin): TenantControlledTransaction<DB, S>
  withoutPlugins(): TenantControlledTransaction<DB, S>
  withSchema(schema: string): TenantControlledTransaction<DB, S>
}

/** The savepoints that are older than the last one of this name. */
type Before<S extends string[], Name extends string> = S extends [
  ...infer Older extends string[],
  infer Last,
]
  ? Last extends Name
    ? Older
    : Before<Older, Name>
  : []

export interface TenantConnectionBuilder<DB> extends ConnectionBuilder<DB> {
  execute<T>(callback: (db: TenantHandle<DB>) => Promise<T>): Promise<T>
}
