/** Relations of the catalog that hold passwords, values of rows, or logins, and are closed by default. */
export const CLOSED_CATALOGS: Readonly<Record<string, string>> = {
  pg_authid: 'the hashes of all passwords',
  pg_largeobject: 'every large object',
  pg_shadow: 'the hashes of all passwords',
  pg_statistic: 'values of the rows of every tenant',
  pg_statistic_ext_data: 'values of the rows of every tenant',
  pg_subscription: 'the logins on other servers',
  pg_user_mapping: 'the logins on other servers',
}

/** Views of the catalog that show each role what its policies let it see. */
export const STATISTICS_VIEWS: Readonly<Record<string, string>> = {
  pg_stats: 'values of the rows of every tenant',
  pg_stats_ext: 'values of the rows of every tenant',
  pg_stats_ext_exprs: 'values of the rows of every tenant',
}

/** Ready for `in (…)`. */
export function quotedNames(names: Iterable<string>): string {
  return [...names].map((name) => `'${name}'`).join(', ')
}
