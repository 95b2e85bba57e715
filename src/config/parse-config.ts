import type { ClientConfig } from 'pg'
import { configInvalid } from '../errors/application.ts'
import type { Config, ConfigInput } from './config.ts'
import { ConfigReader, isDictionary, isText } from './config-reader.ts'
import { findConflicts } from './find-conflicts.ts'
import { LEVELS } from './level.ts'
import { MIGRATION_FORMATS } from './migration-format.ts'
import { MIGRATION_PARTS, type MigrationPart } from './migration-part.ts'
import { readLevels, readWaivers } from './read-audit.ts'
import { readLookups } from './read-lookups.ts'
import { readTableNames, readTables } from './read-tables.ts'
import { DEFAULT_COLUMN, DEFAULT_SETTING, isSettingName, TENANT_TYPES } from './tenant-setting.ts'

const KEYS = [
  'connection',
  'tenant',
  'roles',
  'schemas',
  'tables',
  'global',
  'force',
  'lookups',
  'migrations',
  'audit',
] as const satisfies readonly (keyof ConfigInput)[]

/**
 * Checks a config, for the command and for the runtime alike.
 *
 * @throws `CONFIG.INVALID` with all problems, not only the first: each names the key and what to write.
 */
export function parseConfig(input: unknown = {}): Config {
  const read = new ConfigReader()
  if (!isDictionary(input)) {
    // A string is most likely the one of a connection.
    if (typeof input === 'string') read.expectedSecret('config', 'an object', input)
    else read.expected('config', 'an object', input)
    throw configInvalid(read.problems)
  }
  const config = readConfig(read, input)
  const problems = [...read.problems, ...findConflicts(config)]
  if (problems.length > 0) throw configInvalid(problems)
  parsed.add(config)
  return config
}

const parsed = new WeakSet<object>()

/** A parsed config passes as it is; any other is parsed. */
export function ensureParsed(config: ConfigInput | Config): Config {
  return parsed.has(config) ? (config as Config) : parseConfig(config)
}

function readConfig(read: ConfigReader, input: object): Config {
  // For the editor alone, and therefore not among the keys that a message lists.
  const { $schema, ...keys } = input as Record<string, unknown>
  read.text('$schema', $schema, undefined)
  const root = read.object('config', keys, KEYS)
  const tenant = read.object('tenant', root.tenant, ['column', 'type', 'setting'])
  const roles = read.object('roles', root.roles, ['app', 'admin', 'owner'])
  const column = read.text('tenant.column', tenant.column, DEFAULT_COLUMN)
  const force = read.flag('force', root.force, true)

  return {
    connection: connection(read, 'connection', root.connection),
    column,
    type: read.oneOf('tenant.type', tenant.type, TENANT_TYPES, undefined),
    setting: setting(read, tenant.setting),
    roles: {
      app: read.textOrTexts('roles.app', roles.app),
      admin: read.textOrTexts('roles.admin', roles.admin),
      owner: read.textOrTexts('roles.owner', roles.owner),
    },
    schemas: read.texts('schemas', root.schemas, ['public']),
    tables: readTables(read, root.tables, { column, force }),
    global: readTableNames(read, 'global', root.global),
    lookups: readLookups(read, root.lookups),
    migrations: migrations(read, root.migrations),
    audit: audit(read, root.audit),
  }
}

function migrations(read: ConfigReader, value: unknown): Config['migrations'] {
  const fields = read.object('migrations', value, ['folder', 'format', 'with'])
  return {
    folder: read.text('migrations.folder', fields.folder, undefined),
    format: read.oneOf('migrations.format', fields.format, MIGRATION_FORMATS, 'ts'),
    with: parts(read, fields.with),
  }
}

function parts(read: ConfigReader, value: unknown): MigrationPart[] {
  return read.list('migrations.with', value).flatMap((item, index) => {
    const path = `migrations.with[${index}]`
    return read.oneOf(path, item ?? null, MIGRATION_PARTS, undefined) ?? []
  })
}

function audit(read: ConfigReader, value: unknown): Config['audit'] {
  const fields = read.object('audit', value, ['failOn', 'levels', 'waivers', 'appConnection'])
  return {
    failOn: read.oneOf('audit.failOn', fields.failOn, LEVELS, 'high'),
    levels: readLevels(read, fields.levels),
    waivers: readWaivers(read, fields.waivers),
    appConnection: connection(read, 'audit.appConnection', fields.appConnection),
  }
}

function connection(
  read: ConfigReader,
  path: string,
  value: unknown,
): string | ClientConfig | undefined {
  if (value === undefined || isText(value)) return value
  if (isDictionary(value)) return value
  read.expectedSecret(path, 'a connection string or the options of a pg Client', value)
  return undefined
}

function setting(read: ConfigReader, value: unknown): string {
  const name = read.text('tenant.setting', value, DEFAULT_SETTING)
  if (!isSettingName(name)) {
    read.expected('tenant.setting', "identifiers joined by dots, such as 'app.tenant_id'", name)
  }
  // PostgreSQL compares setting names without case; policies are compared as text.
  return name.toLowerCase()
}
