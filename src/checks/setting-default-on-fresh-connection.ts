import { type Check, defineCheck } from './check.ts'

export const settingDefaultOnFreshConnection: Check = defineCheck(
  {
    id: 'setting-default-on-fresh-connection',
    level: 'critical',
    title: 'The connection of the audit began with a tenant',
    why:
      'The configuration file, PGOPTIONS or the start-up parameters of a pooler gave it one, which no ' +
      'catalog shows. A statement without a tenant is then not refused: it gets the rows of this one.',
    link: 'https://www.postgresql.org/docs/current/config-setting.html',
    broken: `select set_config('app.tenant_id', '00000000-0000-4000-8000-000000000001', true)`,
    fixed: 'reset app.tenant_id',
  },
  ({ snapshot, wanted }) =>
    snapshot.tenantAtStart === null
      ? []
      : [
          {
            object: `connection of ${snapshot.currentUser}`,
            summary: `${wanted.setting} was '${snapshot.tenantAtStart}' before anything set it.`,
            fix: '-- Look into postgresql.conf, postgresql.auto.conf, PGOPTIONS and the pooler.',
          },
        ],
)
