/** Answers of the user where the catalog leaves a choice. Tables are written as in the config. */
export interface Answers {
  /** As most tables call it. */
  readonly column?: string | undefined
  readonly tenantsTable?: string | undefined
  readonly appRoles?: readonly string[] | undefined
  readonly adminRoles?: readonly string[] | undefined
  /** Tables whose rows without a tenant are for every tenant. */
  readonly shared?: readonly string[] | undefined
  /** Tables without data of a tenant, whatever their columns suggest. */
  readonly global?: readonly string[] | undefined
}

/** The catalog allows several answers. */
export interface Question {
  readonly about: 'column' | 'tenantsTable' | 'appRoles'
  readonly text: string
  readonly options: readonly Option[]
}

export interface Option {
  readonly value: string
  /** The reason for it, in numbers. */
  readonly note: string
}
