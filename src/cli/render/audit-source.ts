/** What a report does not say of itself, and some formats want. */
export interface AuditSource {
  /** Relative to the working directory, with slashes: where an annotation is shown. */
  readonly configFile: string
  /** Of this package. */
  readonly version: string
}
