/** What the user says about what the catalog leaves open. Tables are written as in the config. */
export interface Answers {
  /** As most tables call it. */
  readonly column?: string | undefined
  readonly tenantsTable?: string | undefined
  readonly appRoles?: readonly string[] | undefined
  readonly adminRoles?: readonly string[] | undefined
  /** Tables whose rows without a tenant are for every tenant. */
  readonly shared?: readonly string[] | undefined
}

/** What two readers of the same catalog could answer differently. */
export interface Question {
  readonly about: 'column' | 'tenantsTable' | 'appRoles'
  readonly text: string
  readonly options: readonly Option[]
}

export interface Option {
  readonly value: string
  /** What speaks for it. */
  readonly note: string
}
