import type {
  AccessMode,
  Command,
  ConnectionBuilder,
  ControlledTransaction,
  ControlledTransactionBuilder,
  DrainOuterGeneric,
  IsolationLevel,
  Kysely,
  KyselyPlugin,
  Transaction,
  TransactionBuilder,
} from 'kysely'

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

/** The handle that `forTenant` returns: everything that comes from it keeps the brand. */
export type TenantHandle<DB> = BrandedCopies<DB, 'handle'> &
  BrandedBuilders<DB> &
  TenantBrand &
  Kysely<DB>

/** The transaction of a bound handle, which keeps the brand. */
export type TenantTransaction<DB> = BrandedCopies<DB, 'transaction'> & TenantBrand & Transaction<DB>

/** The transaction that `startTransaction` returns; it keeps the brand across its savepoints. */
export type TenantControlledTransaction<DB, Savepoints extends string[] = []> = BrandedCopies<
  DB,
  Savepoints
> &
  BrandedControls<DB, Savepoints> &
  TenantBrand &
  ControlledTransaction<DB, Savepoints>

// In front of Kysely's own in the intersections, so that these are the signatures that apply.
interface BrandedBuilders<DB> {
  transaction(): TenantTransactionBuilder<DB>
  startTransaction(): TenantControlledTransactionBuilder<DB>
  connection(): TenantConnectionBuilder<DB>
}

/** `S`: the savepoints of a controlled transaction. */
type Branded<DB, Kind extends 'handle' | 'transaction' | string[]> = Kind extends string[]
  ? TenantControlledTransaction<DB, Kind>
  : Kind extends 'transaction'
    ? TenantTransaction<DB>
    : TenantHandle<DB>

// Kysely 0.28 lacks some of them, and what it lacks must not be promised.
type BrandedCopies<DB, Kind extends 'handle' | 'transaction' | string[]> = Pick<
  AllCopies<DB, Kind>,
  keyof AllCopies<DB, Kind> & keyof Kysely<DB>
>

interface AllCopies<DB, Kind extends 'handle' | 'transaction' | string[]> {
  withPlugin(plugin: KyselyPlugin): Branded<DB, Kind>
  withoutPlugins(): Branded<DB, Kind>
  withSchema(schema: string): Branded<DB, Kind>
  withTables<T extends Record<string, object>>(): Branded<DrainOuterGeneric<DB & T>, Kind>
  $extendTables<T extends Record<string, object>>(): Branded<DrainOuterGeneric<DB & T>, Kind>
  $omitTables<T extends keyof DB>(): Branded<DB extends object ? Omit<DB, T> : DB, Kind>
  $pickTables<T extends keyof DB>(): Branded<DB extends object ? Pick<DB, T> : DB, Kind>
}

/** The builder of `transaction()` on a bound handle. */
export interface TenantTransactionBuilder<DB> extends TransactionBuilder<DB> {
  setAccessMode(accessMode: AccessMode): TenantTransactionBuilder<DB>
  setIsolationLevel(isolationLevel: IsolationLevel): TenantTransactionBuilder<DB>
  execute<T>(callback: (trx: TenantTransaction<DB>) => Promise<T>): Promise<T>
}

/** The builder of `startTransaction()` on a bound handle. */
export interface TenantControlledTransactionBuilder<DB> extends ControlledTransactionBuilder<DB> {
  setAccessMode(accessMode: AccessMode): TenantControlledTransactionBuilder<DB>
  setIsolationLevel(isolationLevel: IsolationLevel): TenantControlledTransactionBuilder<DB>
  execute(): Promise<TenantControlledTransaction<DB>>
}

interface BrandedControls<DB, S extends string[]> {
  savepoint<Name extends string>(name: Name): Command<TenantControlledTransaction<DB, [...S, Name]>>
  rollbackToSavepoint<Name extends S[number]>(
    name: Name,
  ): Command<TenantControlledTransaction<DB, [...Before<S, Name>, Name]>>
  releaseSavepoint<Name extends S[number]>(
    name: Name,
  ): Command<TenantControlledTransaction<DB, Before<S, Name>>>
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

/** The builder of `connection()` on a bound handle. */
export interface TenantConnectionBuilder<DB> extends ConnectionBuilder<DB> {
  execute<T>(callback: (db: TenantHandle<DB>) => Promise<T>): Promise<T>
}
