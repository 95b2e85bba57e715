import { literal } from '../../sql/literal.ts'
import type { PgConnection } from '../pg-client.ts'
import type { Scope } from '../scope.ts'
import type { Prelude, PreludeContext, Strategy } from './strategy.ts'

/**
 * A transaction of its own around each statement, in one write: for poolers that pin a client whose
 * session a SELECT may have changed, and for databases where EXECUTE on `set_config` is revoked.
 * `SET` takes no parameters, so the tenant is a literal here.
 * https://www.postgresql.org/docs/current/sql-set.html
 */
export function setLocalStrategy(setting: string): Strategy {
  return {
    name: 'set-local',
    prelude: (_, at) => new SetLocalPrelude(setting, at),
  }
}

class SetLocalPrelude implements Prelude {
  readonly begins: boolean
  readonly #texts: readonly string[]

  constructor(setting: string, { scope, status, isUnbound }: PreludeContext) {
    this.begins = status === 'I'
    this.#texts = [
      ...(this.begins ? ['begin'] : []),
      ...(isUnbound ? [`select pg_catalog.current_setting(${literal(setting)},true)`] : []),
      ...assignments(setting, scope),
    ]
  }

  get commands(): number {
    return this.#texts.length
  }

  send(connection: PgConnection): void {
    for (const text of this.#texts) {
      connection.parse({ text })
      connection.bind({ values: [] })
      connection.execute({})
    }
  }

  receive(row: readonly (string | null)[]): string | null {
    return row[0] ?? null
  }
}

function assignments(setting: string, { tenant, settings }: Scope): string[] {
  return [[setting, tenant] as const, ...settings].map(
    ([name, value]) => `set local ${quotedParts(name)} = ${literal(value)}`,
  )
}

// `app.user` is a setting name, and `user` a reserved word.
function quotedParts(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')
}
