import type { FunctionState } from '../catalog/function-state.ts'
import type {
  DefaultGrant,
  EventTrigger,
  SecuredObject,
  SettingDefault,
  Snapshot,
  UserMapping,
} from '../catalog/snapshot.ts'
import {
  type Change,
  changedFields,
  changedList,
  isSame,
  type Judges,
  power,
  reportedElsewhere,
  safe,
  unknown,
} from './change.ts'
import { changedGrants } from './changed-grants.ts'

const FUNCTION: Judges<FunctionState> = {
  schema: reportedElsewhere,
  name: reportedElsewhere,
  signature: reportedElsewhere,
  isTrigger: reportedElsewhere,
  isBuiltIn: reportedElsewhere,
  kind: unknown,
  owner: unknown,
  language: unknown,
  volatility: safe,
  result: unknown,
  isStrict: safe,
  comment: safe,
  // It changes with its parts.
  definition: reportedElsewhere,
  bodyHash: unknown,
  securityDefiner: power,
  leakproof: power,
  parallelSafe: safe,
  settings: unknown,
  inExtension: safe,
  // The grantees are compared as a list: each that is new or gone is a change.
  grantees: reportedElsewhere,
  // The callers come from the grants.
  callers: reportedElsewhere,
}

/** The changes of the functions in a snapshot: those that could reach past row security. */
export function changedFunctions(before: Snapshot, after: Snapshot): Change[] {
  const object = ({ signature }: FunctionState) => `function ${signature}`
  const isPowerful = ({ securityDefiner, leakproof }: FunctionState) => securityDefiner || leakproof
  return changedList(before.functions, after.functions, {
    key: ({ signature }) => signature,
    added: (it) => ({
      judgement: isPowerful(it) && it.grantees.length > 0 ? 'WIDENS' : 'UNKNOWN',
      object: object(it),
      summary: `is ${it.securityDefiner ? `new and runs as ${it.owner}` : 'one that matters now'}`,
    }),
    gone: (it) => ({
      judgement: 'NARROWS',
      object: object(it),
      summary: 'is gone, or none that matters any more',
    }),
    kept: (old, now) => [
      ...changedFields(old, now, { object: object(now), what: '', judges: FUNCTION }),
      ...changedGrants(callers(old), callers(now), object(now)),
    ],
  })
}

function callers({ owner, grantees }: FunctionState) {
  return { owner, grants: grantees.map((grantee) => ({ grantee, privilege: 'EXECUTE' })) }
}

export function changedSettings(before: Snapshot, after: Snapshot, setting: string): Change[] {
  const change = (it: SettingDefault, summary: string): Change => ({
    judgement: it.setting === setting.toLowerCase() ? 'WIDENS' : 'UNKNOWN',
    object: `setting ${it.setting}`,
    summary: `${summary} for ${it.role ?? 'all roles'} in ${it.database ?? 'all databases'}`,
  })
  return changedList(before.settingDefaults, after.settingDefaults, {
    key: ({ database, role, setting: name }) => JSON.stringify([database, role, name]),
    added: (it) => change(it, `has the default ${it.value}`),
    gone: (it) => ({ ...change(it, 'has no default any more'), judgement: 'NARROWS' }),
    kept: (old, now) =>
      old.value === now.value ? [] : change(now, `has the default ${now.value}, not ${old.value},`),
  })
}

export function changedSecuredObjects(before: Snapshot, after: Snapshot): Change[] {
  const object = ({ kind, name }: SecuredObject) => `${kind} ${name}`
  return changedList(before.securedObjects, after.securedObjects, {
    key: object,
    added: (it) => ({
      // The relations of a new schema are reported themselves.
      judgement: it.kind === 'schema' ? 'SAFE' : 'UNKNOWN',
      object: object(it),
      summary: 'is new',
    }),
    gone: (it) => ({ judgement: 'NARROWS', object: object(it), summary: 'is gone' }),
    kept: (old, now) => [
      ...changedFields(old, now, {
        object: object(now),
        what: '',
        judges: {
          kind: reportedElsewhere,
          name: reportedElsewhere,
          owner: () => 'WIDENS',
          grants: reportedElsewhere,
        },
      }),
      ...changedGrants(old, now, object(now)),
    ],
  })
}

export function changedDefaultGrants(before: Snapshot, after: Snapshot): Change[] {
  const words = ({ grantee, privilege, kind, creator, schema }: DefaultGrant) =>
    `${privilege} of ${grantee ?? 'public'} on new ${kind} of ${creator} in ${schema ?? 'all schemas'}`
  const object = 'default privileges'
  return changedList(before.defaultGrants, after.defaultGrants, {
    key: words,
    added: (it) => ({ judgement: 'WIDENS', object, summary: `${words(it)} is new` }),
    gone: (it) => ({ judgement: 'NARROWS', object, summary: `${words(it)} is gone` }),
  })
}

export function changedUserMappings(before: Snapshot, after: Snapshot): Change[] {
  const words = ({ role }: UserMapping) => `user mapping of ${role ?? 'public'}`
  const object = ({ server }: UserMapping) => `foreign server ${server}`
  return changedList(before.userMappings, after.userMappings, {
    key: (it) => `${object(it)} ${words(it)}`,
    added: (it) => ({ judgement: 'WIDENS', object: object(it), summary: `${words(it)} is new` }),
    gone: (it) => ({ judgement: 'NARROWS', object: object(it), summary: `${words(it)} is gone` }),
  })
}

export function changedEventTriggers(before: Snapshot, after: Snapshot): Change[] {
  const change = ({ name }: EventTrigger, summary: string): Change => ({
    judgement: 'UNKNOWN',
    object: `event trigger ${name}`,
    summary,
  })
  return changedList(before.eventTriggers, after.eventTriggers, {
    key: ({ name }) => name,
    added: (it) => change(it, 'is new'),
    gone: (it) => change(it, 'is gone'),
    kept: (old, now) => (isSame(old, now) ? [] : change(now, 'is another')),
  })
}
