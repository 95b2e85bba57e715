import type { Naming } from './file-name.ts'
import type { Syntax } from './syntax.ts'

/** The way in which a tool keeps and runs its migrations. */
export interface Format {
  /** The usual folder of the tool, for a config that names none. */
  readonly folder: string
  /**
   * The way in which the tool runs statements that no transaction may hold: all of a file, only one in a file,
   * or not at all.
   */
  readonly outside: 'script' | 'single' | 'never'
  readonly naming: Naming
  readonly files: readonly [FileKind, ...FileKind[]]
}

/** A phase becomes a file of each kind. */
export interface FileKind {
  /** The first line of the file, where its template leaves it open. */
  readonly origin?: string
  /** Its file in `migrations-templates`, of a phase that has a transaction. */
  readonly template: string
  /** The same where there is no transaction. @default `template` with `-without-transaction` */
  readonly templateWithoutTransaction?: string
  /** The beginning of its name. */
  readonly prefix?: string
  /** The end of its name, by the `type` of the package it is in. */
  readonly ending: Readonly<Record<'module' | 'commonjs', string>>
  readonly syntax: Syntax
  /** Of `up` where there is no transaction. @default `syntax` */
  readonly syntaxWithoutTransaction?: Syntax
}
