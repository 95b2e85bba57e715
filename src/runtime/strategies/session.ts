import { poolerDetected } from '../../errors/application.ts'
import type { PgClient } from '../pg-client.ts'
import { runScoped } from '../scoped-query.ts'
import type { Outcome } from '../statement.ts'
import { setsOneOf } from '../statement-text.ts'
import type { Strategy } from './strategy.ts'

interface SessionStrategyOptions {
  /** The pooler in the path gives a client one server connection for as long as it is connected. */
  readonly poolerKeepsSessions?: boolean
}

/**
 * The tenant belongs to the session while it is leased: three round trips, for statements that cannot
 * share a transaction with anything. A clean-up that the server did not confirm ends the connection.
 */
export function sessionStrategy(
  setting: string,
  { poolerKeepsSessions = false }: SessionStrategyOptions,
): Strategy {
  return {
    name: 'session',
    session: {
      async enter(state, scope) {
        const { client } = state
        const settings = [[setting, scope.tenant], ...scope.settings] as const
        // A pooler would keep a tenant that is refused here: it never becomes more than local.
        const isLocal = poolerKeepsSessions
          ? 'false'
          : `pg_catalog.pg_backend_pid() <> ${Number(client.processID ?? 0)}`
        const { found, pid } = await change(client, settings, isLocal)
        state.direct = pid === client.processID
        if (!state.direct && !poolerKeepsSessions) throw poolerDetected()
        return found
      },
      isChangedBy: (text, { settings }) =>
        setsOneOf([setting, ...settings.map(([name]) => name)], text),
      async leave({ client }, { settings }) {
        await change(client, [[setting, ''], ...settings.map(([name]) => [name, ''] as const)])
      },
    },
  }
}

interface Change {
  readonly found: string | null
  readonly pid: number
}

function change(
  client: PgClient,
  settings: readonly (readonly [name: string, value: string])[],
  isLocal = 'false',
): Promise<Change> {
  const text = `select pg_catalog.current_setting($1,true) as found,pg_catalog.pg_backend_pid() as pid${settings
    .map((_, i) => `,pg_catalog.set_config($${2 * i + 1},$${2 * i + 2},${isLocal})`)
    .join('')}`
  return new Promise((resolve, reject) => {
    runScoped(client, { text, values: settings.flat() }, (outcome) => {
      if (isConfirmed(outcome)) resolve(outcome.result?.rows[0] as Change)
      else reject(outcome.error ?? new Error('The setting was changed inside an open transaction'))
    })
  })
}

// Inside a transaction that somebody left open, a rollback would bring the old value back.
function isConfirmed({ error, status }: Outcome): boolean {
  return error === undefined && status === 'I'
}
