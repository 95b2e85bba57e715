import type { ClientConfig } from 'pg'
import { configInvalid } from '../errors/application.ts'
import { parseTableName, type TableReference } from '../sql/table-name.ts'
import type { Config, ConfigInput, ConfigTable, Waiver } from './config.ts'
import { ConfigReader } from './config-reader.ts'
import { LEVELS, LEVELS_OR_OFF, type LevelOrOff } from './level.ts'
import { MIGRATION_FORMATS } from './migration-format.ts'
import { MIGRATION_PARTS, type MigrationPart } from './migration-part.ts'
import { DEFAULT_COLUMN, DEFAULT_SETTING, isSettingName, TENANT_TYPES } from './tenant-setting.ts'

const ACCESS = ['full', 'boundary'] as const

/**
 * Checks what a config file exports.
 *
 * @throws `CONFIG.INVALID` with all problems, not only the first: each names the key and what to write.
 */
export function parseConfig(input: unknown): Config {
  const read = new ConfigReader()
  const root = read.object('config', input, [
    ...['connection', 'tenant', 'roles', 'schemas', 'tables', 'global', 'migrations', 'audit'],
  ])
  const tenant = read.object('tenant', root.tenant, ['column', 'type', 'setting'])
  const roles = read.object('roles', root.roles, ['app', 'admin'])
  const migrations = read.object('migrations', root.migrations, ['folder', 'format', 'with'])
  const audit = read.object('audit', root.audit, [
    ...['failOn', 'levels', 'waivers', 'appConnection'],
  ])
  const column = read.text('tenant.column', tenant.column, DEFAULT_COLUMN)

  const config: Config = {
    connection: connection(read, 'connection', root.connection),
    column,
    type: read.oneOf('tenant.type', tenant.type, TENANT_TYPES, undefined),
    setting: setting(read, tenant.setting),
    roles: {
      app: read.texts('roles.app', roles.app, []),
      admin: read.texts('roles.admin', roles.admin, []),
    },
    schemas: read.texts('schemas', root.schemas, ['public']),
    tables: tables(read, root.tables, column),
    global: read.texts('global', root.global, []).flatMap((name, index) => {
      const reference = tableReference(read, `global[${index}]`, name)
      return reference ? [reference] : []
    }),
    migrations: {
      folder: read.text('migrations.folder', migrations.folder, undefined),
      format: read.oneOf('migrations.format', migrations.format, MIGRATION_FORMATS, 'ts'),
      with: parts(read, migrations.with),
    },
    audit: {
      failOn: read.oneOf('audit.failOn', audit.failOn, LEVELS, 'high'),
      levels: levels(read, audit.levels),
      waivers: waivers(read, audit.waivers),
      appConnection: connection(read, 'audit.appConnection', audit.appConnection),
    },
  }
  conflicts(read, config)
  if (read.problems.length > 0) throw configInvalid(read.problems)
  parsed.add(config)
  return config
}

const parsed = new WeakSet<object>()

/** A config that was parsed passes as it is; what a user wrote is parsed. */
export function trustedConfig(config: ConfigInput | Config): Config {
  return parsed.has(config) ? (config as Config) : parseConfig(config)
}

function connection(
  read: ConfigReader,
  path: string,
  value: unknown,
): string | ClientConfig | undefined {
  if (value === undefined || (typeof value === 'object' && value !== null)) {
    return value as ClientConfig | undefined
  }
  return read.text(path, value, undefined)
}

function setting(read: ConfigReader, value: unknown): string {
  const name = read.text('tenant.setting', value, DEFAULT_SETTING)
  if (!isSettingName(name)) {
    read.expected('tenant.setting', "identifiers joined by dots, such as 'app.tenant_id'", name)
  }
  // PostgreSQL compares setting names without case; policies are compared as text.
  return name.toLowerCase()
}

function tables(read: ConfigReader, value: unknown, column: string): ConfigTable[] {
  const entries: [string, string, unknown][] = Array.isArray(value)
    ? read
        .texts('tables', value, [])
        .map((name, index): [string, string, unknown] => [`tables[${index}]`, name, {}])
    : Object.entries(read.dictionary('tables', value)).map(([name, table]) => [
        `tables.${name}`,
        name,
        table,
      ])

  if (entries.length === 0) {
    read.problem("tables: name at least one tenant table, such as { projects: {} } or ['projects']")
  }
  return entries.flatMap(([path, name, table]) => {
    const fields = read.object(path, table, [
      ...['column', 'shared', 'access', 'backfill', 'globalKeys'],
    ])
    const reference = tableReference(read, path, name)
    if (!reference) return []
    return [
      {
        ...reference,
        column: read.text(`${path}.column`, fields.column, column),
        shared: read.flag(`${path}.shared`, fields.shared, false),
        access: read.oneOf(`${path}.access`, fields.access, ACCESS, 'full'),
        backfill: backfill(read, `${path}.backfill`, fields.backfill),
        globalKeys: read.texts(`${path}.globalKeys`, fields.globalKeys, []),
      },
    ]
  })
}

function parts(read: ConfigReader, value: unknown): MigrationPart[] {
  return read.list('migrations.with', value).flatMap((item, index) => {
    const path = `migrations.with[${index}]`
    return read.oneOf(path, item ?? null, MIGRATION_PARTS, undefined) ?? []
  })
}

function backfill(read: ConfigReader, path: string, value: unknown): ConfigTable['backfill'] {
  if (value === undefined) return undefined
  const fields = read.object(path, value, ['parent', 'tenant'])
  if ((fields.parent === undefined) === (fields.tenant === undefined)) {
    read.problem(`${path}: write either { parent: 'table' } or { tenant: 'id' }`)
    return undefined
  }
  const tenant = read.text(`${path}.tenant`, fields.tenant, undefined)
  if (tenant !== undefined) return { tenant }
  const name = read.text(`${path}.parent`, fields.parent, undefined)
  const parent = name === undefined ? undefined : tableReference(read, `${path}.parent`, name)
  return parent && { parent }
}

function tableReference(
  read: ConfigReader,
  path: string,
  name: string,
): TableReference | undefined {
  const reference = parseTableName(name)
  if (!reference) {
    read.expected(path, `'table' or 'schema.table', a part with a dot in double quotes`, name)
  }
  return reference
}

function levels(read: ConfigReader, value: unknown): Record<string, LevelOrOff> {
  return Object.fromEntries(
    Object.entries(read.dictionary('audit.levels', value)).flatMap(([check, level]) => {
      const known = read.oneOf(`audit.levels.${check}`, level, LEVELS_OR_OFF, undefined)
      return known ? [[check, known]] : []
    }),
  )
}

function waivers(read: ConfigReader, value: unknown): Waiver[] {
  return read.list('audit.waivers', value).map((item, index) => {
    const path = `audit.waivers[${index}]`
    const waiver = read.object(path, item, ['check', 'object', 'fingerprint', 'reason', 'expires'])
    // Each says what it accepts, and why: none of it has a default.
    const text = (key: 'check' | 'object' | 'reason') =>
      read.text(`${path}.${key}`, waiver[key] ?? null, '')
    const fingerprint = read.text(`${path}.fingerprint`, waiver.fingerprint, undefined)
    return {
      ...{ check: text('check'), object: text('object'), reason: text('reason') },
      ...(fingerprint === undefined ? {} : { fingerprint }),
      expires: read.day(`${path}.expires`, waiver.expires),
    }
  })
}

/** Each key may be right on its own and wrong beside another. */
function conflicts(read: ConfigReader, { roles, tables, global }: Config): void {
  const label = ({ schema, name }: TableReference) => (schema ? `${schema}.${name}` : name)
  const seen = new Set<string>()
  for (const table of tables) {
    if (seen.has(label(table))) read.problem(`tables: ${label(table)} is listed twice; keep one`)
    seen.add(label(table))
  }
  for (const table of global) {
    if (seen.has(label(table))) {
      read.problem(`global: ${label(table)} is also under \`tables\`; it can only be one of them`)
    }
  }
  for (const role of roles.admin) {
    if (roles.app.includes(role)) {
      read.problem(`roles.admin: ${role} is also an app role; give the admin a login of its own`)
    }
  }
}
