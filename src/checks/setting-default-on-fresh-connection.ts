import { type Check, defineCheck } from './check.ts'

export const settingDefaultOnFreshConnection: Check = defineCheck(
  {
    id: 'setting-default-on-fresh-connection',
    level: 'critical',
    title: 'A connection began with a tenant',
    why:
      'The configuration file, PGOPTIONS or the start-up parameters of a pooler set it, which no ' +
      'catalog shows. A statement without a tenant is then not refused: it gets the rows of this one.',
    link: 'https://www.postgresql.org/docs/current/config-setting.html',
    broken: `select set_config('app.tenant_id', '00000000-0000-4000-8000-000000000001', true)`,
    fixed: 'reset app.tenant_id',
  },
  ({ snapshot, wanted }) => {
    const { appLogin } = snapshot
    const connections = [
      { user: snapshot.currentUser, tenant: snapshot.tenantAtStart },
      ...(appLogin ? [{ user: appLogin.sessionUser, tenant: appLogin.tenantAtStart }] : []),
    ]
    const began = new Map(connections.map(({ user, tenant }) => [user, tenant]))
    return [...began].flatMap(([user, tenant]) =>
      tenant === null
        ? []
        : {
            object: `connection of ${user}`,
            summary: `${wanted.setting} was '${tenant}' before the first statement.`,
            fix: '-- Look into postgresql.conf, postgresql.auto.conf, PGOPTIONS and the pooler.',
          },
    )
  },
)
