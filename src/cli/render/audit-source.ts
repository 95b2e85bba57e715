/** Facts about a report that some formats print and the report does not hold. */
export interface AuditSource {
  /** The file at which an annotation is shown: relative to the working directory, with slashes. */
  readonly configFile: string
  /** The version of this package. */
  readonly version: string
  /** When the snapshot was read, as it says itself. */
  readonly takenAt?: string
}
