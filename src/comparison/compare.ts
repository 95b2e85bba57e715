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

/** One for each field: what a snapshot learns to hold is not forgotten here. */
const COMPARES: { readonly [K in keyof Snapshot]-?: Compare } = {
  serverVersion: changedServer,
  // Two databases may be compared, by two logins.
  database: () => [],
  currentUser: () => [],
  // What a connection of the application says is judged by the audit, whenever it is asked.
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
  // What the policies of a table mean, told with them.
  truthTables: () => [],
  // Rows come and go; a key that they break is a finding whenever it is looked for.
  keyRows: () => [],
  // A key that they name is a matter of the next migration.
  upserts: () => [],
  // It says what the policies hide, and nothing that they open.
  ownerFacts: () => [],
  // What it holds leads to the same rows as before, or is told with what changed.
  reach: () => [],
}

/**
 * What changed from one snapshot to another, and for whom it opens something: pure.
 *
 * @param wanted of the later one: its tenant tables, and the roles whose view was tried out
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

/** What an extension does nobody can tell from its name; what it brings in is told by itself. */
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
