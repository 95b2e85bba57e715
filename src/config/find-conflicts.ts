import { formatTableName, type TableReference } from '../sql/table-name.ts'
import type { Config } from './config.ts'

/** A sentence for each key that is right on its own and wrong beside another. */
export function findConflicts(config: Config): string[] {
  const { roles, tables, global } = config
  const tenantTables = new Set(tables.map(formatTableName))
  return [
    ...repeated(tables).map((name) => `tables: ${name} is listed twice; keep one`),
    ...repeated(global).map((name) => `global: ${name} is listed twice; keep one`),
    ...[...new Set(global.map(formatTableName))]
      .filter((name) => tenantTables.has(name))
      .map((name) => `global: ${name} is also under \`tables\`; it can only be one of them`),
    ...roles.admin
      .filter((role) => roles.app.includes(role))
      .map((role) => `roles.admin: ${role} is also an app role; give the admin a login of its own`),
    ...ownerProblems(config),
    ...lookupProblems(config),
    ...withoutSchema(config),
  ]
}

/** The policies of the app are restrictive: an owner that they bind too would see one tenant at most. */
function ownerProblems({ roles: { app, owner } }: Config): string[] {
  if (owner.length > 0 && app.length === 0) {
    return [
      'roles.owner: name the login of the application too, roles.app; without it its policies bind the owner',
    ]
  }
  return owner
    .filter((role) => app.includes(role))
    .map((role) => `roles.owner: ${role} is also an app role; let another role own the tables`)
}

function lookupProblems({ lookups, roles, tables }: Config): string[] {
  if (lookups.length === 0) return []
  const isListed = ({ schema, name }: TableReference) =>
    tables.some((table) => table.name === name && table.schema === schema)
  const problems = lookups.flatMap(({ name, table }) =>
    isListed(table)
      ? []
      : [
          `lookups.${name}: ${formatTableName(table)} is not under \`tables\`; list it, and write it here as there`,
        ],
  )
  const missing = (['app', 'admin'] as const).filter((role) => roles[role].length === 0)
  if (missing.length === 0) return problems
  const names = missing.map((role) => `roles.${role}`).join(' and ')
  return [
    ...problems,
    `lookups: name ${names} too; the admin owns the functions, and the app alone may call them`,
  ]
}

/** The names that stand more than once in a list, each once. */
function repeated(references: readonly TableReference[]): string[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const name of references.map(formatTableName)) {
    if (seen.has(name)) twice.add(name)
    seen.add(name)
  }
  return [...twice]
}

/** An empty list of schemas leaves only names that say their schema. */
function withoutSchema({ schemas, tables, global }: Config): string[] {
  if (schemas.length > 0) return []
  const names = [...tables, ...global].flatMap((table) =>
    table.schema === undefined ? [formatTableName(table)] : [],
  )
  if (names.length === 0) return []
  return [
    `schemas: name the schema of ${names.join(', ')}, such as ['public'], or write 'schema.table'`,
  ]
}
