/** The problem of `tenancy` among the options of a query builder, beginning with the key; none if it is one. */
export function tenancyProblems(options: unknown): string[] {
  const given = options as { readonly tenancy?: { readonly config?: unknown } } | null | undefined
  return given?.tenancy?.config ? [] : ['tenancy: expected what createTenancy returns']
}
