import type { ColumnType, SelectType } from 'kysely'

/**
 * `DB` where the tenant column of the tables can be read and filtered, but neither inserted nor
 * updated: the database fills it in from the scope. Tables and columns come from the type of the config
 * that `defineConfig` returns, in snake_case or, with the CamelCasePlugin, in camelCase; or they are named.
 *
 * @example
 * ```ts
 * type Database = WithTenant<Tables, typeof config>
 * type Explicit = WithTenant<Tables, 'projects' | 'tasks', 'tenant_id'>
 * ```
 */
export type WithTenant<
  DB,
  Tables extends keyof DB | TenantTables,
  Column extends string = 'tenant_id',
> = [Tables] extends [TenantTables]
  ? {
      [Table in keyof DB]: TenantColumnsOf<
        DB[Table],
        Spelled<ColumnOf<Tables, EntryOf<Tables, Table>>>
      >
    }
  : { [Table in keyof DB]: Table extends Tables ? TenantColumnsOf<DB[Table], Column> : DB[Table] }

/** The part of a config that names the tenant tables and their columns. */
export interface TenantTables {
  readonly tenant?: object
  readonly tables: readonly string[] | Readonly<Record<string, object>>
}

/** The database fills it in; a Kysely of the admin writes it. */
export interface TenantColumn<Select> extends ColumnType<Select, never, never> {
  readonly __tenant__: Select
}

/** The tables as the admin writes them: with a tenant for every row. */
export type AdminDatabase<DB> = {
  [Table in keyof DB]: {
    [C in keyof DB[Table]]: DB[Table][C] extends TenantColumn<infer Select>
      ? ColumnType<Select, Select, Select>
      : DB[Table][C]
  }
}

type TenantColumnsOf<Table, Column> = {
  [C in keyof Table]: C extends Column ? TenantColumn<SelectType<Table[C]>> : Table[C]
}

type NamesOf<C extends TenantTables> = C['tables'] extends readonly (infer Name)[]
  ? Name & string
  : keyof C['tables'] & string

/** The name in the config that stands for this table of `DB`. */
type EntryOf<C extends TenantTables, Table> = {
  [Name in NamesOf<C>]: Table extends Spelled<Name> ? Name : never
}[NamesOf<C>]

type ColumnOf<C extends TenantTables, Name> = [Name] extends [never]
  ? never
  : Name extends keyof C['tables']
    ? C['tables'][Name] extends { readonly column: infer Column extends string }
      ? Literal<Column>
      : DefaultColumn<C>
    : DefaultColumn<C>

type DefaultColumn<C extends TenantTables> = C['tenant'] extends {
  readonly column: infer Column extends string
}
  ? Literal<Column>
  : 'tenant_id'

/** A config whose literals were widened names no column. */
type Literal<Text extends string> = string extends Text ? never : Text

/** A name as it is, without the schema that is searched by default, and in camelCase. */
export type Spelled<Name> = Name extends string
  ?
      | Name
      | CamelCase<Name>
      | (Name extends `public.${infer Short}` ? Short | CamelCase<Short> : `public.${Name}`)
  : never

type CamelCase<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text
