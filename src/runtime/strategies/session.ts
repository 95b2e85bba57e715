import { poolerDetected, settingInvalid } from '../../errors/application.ts'
import { sessionNotCleaned } from '../../errors/connection.ts'
import { publishResidue } from '../channels.ts'
import type { ClientState } from '../client-state.ts'
import { confirmed } from '../confirmed.ts'
import { Baseline } from '../residue/baseline.ts'
import { CleanUp } from '../residue/clean-up.ts'
import { FACTS, readFacts } from '../residue/facts.ts'
import { isReadOnly, type Scope } from '../scope.ts'
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
  // The values that the settings of a scope replace, by client: a client has one lease at a time.
  const replaced = new WeakMap<ClientState, readonly (string | null)[]>()
  return {
    name: 'session',
    session: {
      async enter(state, scope) {
        refuseReadOnly(scope)
        const settings = [[setting, scope.tenant], ...scope.settings] as const
        // A pooler would keep a tenant that is refused here: it never becomes more than local.
        const isLocal = poolerKeepsSessions
          ? 'false'
          : `pg_catalog.pg_backend_pid() <> ${state.pid ?? 0}`
        const { found, facts, previous } = await change(state, settings, isLocal)
        replaced.set(state, previous.slice(1))
        state.direct = readFacts(facts).pid === state.pid
        if (!state.direct && !poolerKeepsSessions) throw poolerDetected()
        await prove(state, scope, facts)
        return found
      },
      async setUp(state) {
        const outcome = await confirmed(state, { text: `select ${FACTS} as facts`, values: [] })
        state.baseline = new Baseline(readFacts(rowOf(outcome).facts), true)
      },
      isChangedBy: (text, { settings }) =>
        setsOneOf([setting, ...settings.map(([name]) => name)], text),
      async leave(state, { settings }) {
        const previous = replaced.get(state) ?? []
        const back = settings.map(([name], index) => [name, previous[index] ?? ''] as const)
        await change(state, [[setting, ''], ...back])
      },
    },
  }
}

/** Asked with a column and not refused: the session has its tenant already. */
async function prove(state: ClientState, scope: Scope, text: string): Promise<void> {
  const facts = readFacts(text)
  state.baseline ??= new Baseline(facts, true)
  if (state.baseline.differences(facts).length === 0) return
  const prelude = new CleanUp(state, undefined, (found) => publishResidue(scope, 'session', found))
  try {
    await confirmed(state, { text: 'close all', values: [], prelude })
  } catch (error) {
    throw sessionNotCleaned(error)
  }
}

/** It ends with the transaction that sets it, and the statements of a lease have their own. */
function refuseReadOnly(scope: Scope): void {
  if (!isReadOnly(scope)) return
  throw settingInvalid("The strategy 'session' cannot refuse the writes of an impersonation")
}

interface Change {
  readonly found: string | null
  /** Of all the settings, before they were changed. */
  readonly previous: readonly (string | null)[]
  readonly facts: string
}

async function change(
  state: ClientState,
  settings: readonly (readonly [name: string, value: string])[],
  isLocal = 'false',
): Promise<Change> {
  const sets = settings.map(
    (_, i) => `pg_catalog.set_config($${2 * i + 1},$${2 * i + 2},${isLocal})`,
  )
  const asked = settings.map((_, i) => `pg_catalog.current_setting($${2 * i + 1},true)`)
  const text = `select pg_catalog.current_setting($1,true) as found,${FACTS} as facts,array[${asked.join(',')}] as previous,${sets.join(',')}`
  return rowOf(await confirmed(state, { text, values: settings.flat() }))
}

function rowOf({ result }: Outcome): Change {
  return result?.rows[0] as Change
}
