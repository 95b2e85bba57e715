import type { SettingDefault } from '../catalog/snapshot.ts'
import type { Level } from '../config/level.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'

const ALSO: Readonly<Record<string, Level>> = {
  role: 'critical',
  row_security: 'medium',
  session_replication_role: 'medium',
}

export const settingHasDefault: Check = defineCheck(
  {
    id: 'setting-has-default',
    level: 'critical',
    title: 'Connections begin with a tenant',
    why: 'A statement without a tenant is then not refused: it gets the rows of this one.',
    link: 'https://www.postgresql.org/docs/current/sql-alterrole.html',
    broken: `alter role app_user set app.tenant_id = '00000000-0000-4000-8000-000000000001'`,
    fixed: 'alter role app_user reset app.tenant_id',
  },
  ({ snapshot, wanted }) =>
    snapshot.settingDefaults.flatMap((found) => {
      const level = found.setting === wanted.setting ? 'critical' : ALSO[found.setting]
      const isForApp =
        found.role === null || wanted.appRoles.length === 0 || wanted.appRoles.includes(found.role)
      if (level === undefined || !isForApp) return []
      const where = found.database === null ? '' : ` in database ${found.database}`
      return {
        object: found.role ?? found.database ?? 'all roles',
        level,
        summary: `${found.setting} is '${found.value}' from the start of every connection${where}.`,
        fix: reset(found),
      }
    }),
)

function reset({ role, database, setting }: SettingDefault): string {
  // A custom setting is named like a qualified identifier.
  const name = setting.split('.').map(identifier).join('.')
  if (role === null && database !== null) {
    return `alter database ${identifier(database)} reset ${name}`
  }
  const where = database === null ? '' : ` in database ${identifier(database)}`
  return `alter role ${role === null ? 'all' : identifier(role)}${where} reset ${name}`
}
