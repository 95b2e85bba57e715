interface Vulnerability {
  readonly id: string
  /** The first minor release of each major one that has the fix, as in `server_version_num`. */
  readonly fixedIn: readonly number[]
}

/**
 * The vulnerabilities of row security that PostgreSQL fixed since 14.
 * https://www.postgresql.org/support/security/
 */
const VULNERABILITIES: readonly Vulnerability[] = [
  { id: 'CVE-2026-120154', fixedIn: [140025, 150020, 160016, 170012, 180007] },
  { id: 'CVE-2026-116311', fixedIn: [140025, 150020, 160016, 170012, 180007] },
  { id: 'CVE-2026-116327', fixedIn: [140025, 150020, 160016, 170012, 180007] },
  { id: 'CVE-2026-16237', fixedIn: [140025, 150020, 160016, 170012, 180007] },
  { id: 'CVE-2026-14666', fixedIn: [140024, 150019, 160015, 170011, 180006] },
  { id: 'CVE-2025-8713', fixedIn: [140019, 150014, 160010, 170006] },
  { id: 'CVE-2024-10976', fixedIn: [140014, 150009, 160005, 170001] },
  { id: 'CVE-2024-10978', fixedIn: [140014, 150009, 160005, 170001] },
  { id: 'CVE-2023-39418', fixedIn: [150004] },
  { id: 'CVE-2023-2455', fixedIn: [140008, 150003] },
]

/** The vulnerabilities of a server, each with the release that fixes it. */
export function vulnerabilities(serverVersion: number): { id: string; fixedIn: number }[] {
  return VULNERABILITIES.flatMap(({ id, fixedIn }) => {
    const fix = fixedIn.find((version) => major(version) === major(serverVersion))
    return fix !== undefined && serverVersion < fix ? [{ id, fixedIn: fix }] : []
  })
}

/** The version as the server prints it: `18.4`. */
export function shownVersion(version: number): string {
  return `${major(version)}.${version % 10_000}`
}

function major(version: number): number {
  return Math.trunc(version / 10_000)
}
