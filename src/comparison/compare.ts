import type { Snapshot } from '../catalog/snapshot.ts'
import type { Wanted } from '../wanted/wanted.ts'
import { type Change, JUDGEMENTS, type Judgement } from './change.ts'
import { changedRelations } from './changed-relations.ts'
import { changedMemberships, changedRoles } from './changed-roles.ts'
import {
  changedDefaultGrants,
  changedEventTriggers,
  changedFunctions,
  changedSecuredObjects,
  changedSettings,
  changedUserMappings,
} from './changed-surroundings.ts'

type Compare = (before: Snapshot, after: Snapshot, wanted: Wanted) => Change[]

/** A comparison for each field: a new field of a snapshot does not compile without one. */
const COMPARES: { readonly [K in keyof Snapshot]-?: Compare } = {
  serverVersion: changedServer,
  // The snapshots may be of two databases, read by two logins.
  database: () => [],
  currentUser: () => [],
  // The audit judges the connection of the application each time.
  appLogin: () => [],
  tenantAtStart: changedStart,
  extensions: changedExtensions,
  roles: changedRoles,
  memberships: changedMemberships,
  relations: (before, after, { tables }) => changedRelations(before, after, tables),
  functions: changedFunctions,
  settingDefaults: (before, after, { setting }) => changedSettings(before, after, setting),
  securedObjects: changedSecuredObjects,
  defaultGrants: changedDefaultGrants,
  userMappings: changedUserMappings,
  eventTriggers: changedEventTriggers,
  largeObjects: changedLargeObjects,
  // The changes of policies include it.
  truthTables: () => [],
  // Rows come and go; the audit reports a key that they break each time.
  keyRows: () => [],
  // Upserts matter to the next migration alone.
  upserts: () => [],
  // These facts tell of rows that the policies hide, and of none that they open.
  ownerFacts: () => [],
  // Its objects lead to the same rows as before, or the changes of those are reported.
  reach: () => [],
  takenAt: () => [],
}

/**
 * Pure: the changes from one snapshot to another, each with its judgement.
 *
 * @param wanted the wants of the later snapshot: its tenant tables and roles
 */
export function changesBetween(before: Snapshot, after: Snapshot, wanted: Wanted): Change[] {
  return Object.values(COMPARES)
    .flatMap((compare) => compare(before, after, wanted))
    .sort(worstFirst)
}

function worstFirst(a: Change, b: Change): number {
  const rank = ({ judgement }: Change) => JUDGEMENTS.indexOf(judgement)
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (a.object !== b.object) return a.object < b.object ? -1 : 1
  return a.summary < b.summary ? -1 : 1
}

function changedServer(
  { serverVersion: old }: Snapshot,
  { serverVersion: now }: Snapshot,
): Change[] {
  if (old === now) return []
  const major = (version: number) => Math.trunc(version / 10_000)
  return [
    {
      judgement: major(old) === major(now) ? 'SAFE' : 'UNKNOWN',
      object: 'server',
      summary: `PostgreSQL ${major(old)}.${old % 10_000} → ${major(now)}.${now % 10_000}`,
    },
  ]
}

function changedStart(
  { tenantAtStart: old }: Snapshot,
  { tenantAtStart: now }: Snapshot,
): Change[] {
  if (old === now) return []
  const judgement: Judgement = now === null ? 'NARROWS' : 'WIDENS'
  const summary = now === null ? 'begins without a tenant' : `begins with the tenant ${now}`
  return [{ judgement, object: 'a fresh connection', summary }]
}

/** The name of an extension does not tell what it does; the changes of its objects are reported themselves. */
function changedExtensions({ extensions: old }: Snapshot, { extensions: now }: Snapshot): Change[] {
  const added = now.filter((name) => !old.includes(name))
  const gone = old.filter((name) => !now.includes(name))
  return [
    ...added.map((name) => extension('UNKNOWN', name, 'is new')),
    ...gone.map((name) => extension('SAFE', name, 'is gone')),
  ]
}

function extension(judgement: Judgement, name: string, summary: string): Change {
  return { judgement, object: `extension ${name}`, summary }
}

function changedLargeObjects(
  { largeObjects: old }: Snapshot,
  { largeObjects: now }: Snapshot,
): Change[] {
  if (old === now) return []
  return [
    {
      judgement: now > old ? 'WIDENS' : 'NARROWS',
      object: 'large objects',
      summary: `within reach of the application: ${old} → ${now}`,
    },
  ]
}
