import { isSettingName } from '../config/tenant-setting.ts'
import { settingInvalid } from '../errors/application.ts'
import { isThenable } from '../util/is-thenable.ts'
import type { Scope } from './scope.ts'

/** Names without a dot that may ride with a statement: they limit or name it, and change no result. */
const RIDING = [
  'application_name',
  'hash_mem_multiplier',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'max_parallel_workers_per_gather',
  'statement_timeout',
  'temp_buffers',
  'timezone',
  'transaction_timeout',
  'work_mem',
]

/** Settings of an extension of PostgreSQL itself, which change what functions do. */
const RESERVED = /^plpgsql\./

export type Settings = Readonly<Record<string, string>>

/**
 * @param settings names like `app.user_id`, and those of PostgreSQL that limit a statement, such as
 * `statement_timeout` and `work_mem`
 * @throws `SETTING.INVALID` for every other name, for one that is there twice, and for a value that is
 * no string
 */
export function scopeSettings(settings: Settings, tenantSetting: string): Scope['settings'] {
  if (!isRecord(settings)) throw settingInvalid('The settings are no object of names and values')
  const seen = new Set<string>()
  const pairs = Object.entries(settings).map(([written, value]): [string, string] => {
    // PostgreSQL compares names without case.
    const name = written.toLowerCase()
    if (name === tenantSetting) {
      throw settingInvalid(`${written} carries the tenant and cannot be an extra setting`)
    }
    if (!isAllowed(name)) throw settingInvalid(notAllowed(written))
    if (seen.has(name)) throw settingInvalid(`${written} is there twice`)
    seen.add(name)
    if (typeof value !== 'string' || value.includes('\0')) {
      throw settingInvalid(`${written} holds no string that PostgreSQL can store`)
    }
    return [name.includes('.') ? written : name, value]
  })
  return sorted(pairs)
}

/** A promise, a Map or a list would be one without any names: limits that are not there. */
function isRecord(settings: unknown): boolean {
  if (typeof settings !== 'object' || settings === null) return false
  return !(isThenable(settings) || Symbol.iterator in settings)
}

/** Scopes with the same settings are the same scope, in whatever order they were given. */
export function sorted(pairs: Iterable<readonly [string, string]>): Scope['settings'] {
  return Object.freeze([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isAllowed(name: string): boolean {
  if (name.includes('.')) return isSettingName(name) && !RESERVED.test(name)
  return RIDING.includes(name)
}

function notAllowed(name: string): string {
  if (name.includes('.') && !isSettingName(name)) {
    return `${JSON.stringify(name)} is no setting name`
  }
  return `${JSON.stringify(name)} is not among the settings that a scope may carry`
}
