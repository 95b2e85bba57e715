import type { ReachFacts } from '../catalog/reach/reach-facts.ts'
import type { Snapshot } from '../catalog/snapshot.ts'

/** The roles that something is said of: owners, grantees, those of policies, of settings, of PostgreSQL. */
export function rolesThatMatter(snapshot: Snapshot): Set<string> {
  const { roles, relations, functions, securedObjects, defaultGrants, reach } = snapshot
  const named = [
    ...roles.flatMap(({ name }) => (name.startsWith('pg_') ? name : [])),
    ...relations.flatMap(({ owner, grants, policies }) => [
      owner,
      ...grants.flatMap(({ grantee }) => grantee ?? []),
      ...policies.flatMap((policy) => policy.roles),
    ]),
    ...functions.flatMap(({ owner, grantees }) => [owner, ...names(grantees)]),
    ...securedObjects.flatMap(({ owner, grants }) => [
      owner,
      ...names(grants.map(({ grantee }) => grantee)),
    ]),
    ...defaultGrants.flatMap(({ creator, grantee }) => [creator, ...names([grantee])]),
    ...(reach ? ofReach(reach) : []),
  ]
  return new Set(named)
}

function ofReach(reach: ReachFacts): string[] {
  return [
    ...reach.roleGrants.flatMap(({ admin, member }) => (admin ? member : [])),
    ...reach.relations.flatMap(({ owner, grants, policies }) => [
      owner,
      ...names(grants.map(({ grantee }) => grantee)),
      ...policies.flatMap((policy) => policy.roles),
    ]),
    ...reach.functions.flatMap(({ owner, grantees }) => [owner, ...names(grantees)]),
    ...reach.largeObjects.flatMap(({ owner, grants }) => [
      owner,
      ...names(grants.map(({ grantee }) => grantee)),
    ]),
    ...names(reach.catalogGrants.map(({ grantee }) => grantee)),
    ...names(reach.userMappings.map(({ role }) => role)),
  ]
}

function names(roles: readonly (string | null)[]): string[] {
  return roles.flatMap((role) => role ?? [])
}
