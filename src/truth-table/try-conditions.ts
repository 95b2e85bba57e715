import { guarded } from '../catalog/guarded.ts'
import type { Queryable } from '../catalog/read-only.ts'
import { literal } from '../sql/literal.ts'
import { dollarQuoted } from '../sql/quote.ts'

/** The reason why the server gave no answer. */
export class NotTried {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

const MOST_IN_ONE = 200

// Errors that would end a statement of the application too: a malformed value, and a setting that was never
// set and that the condition reads without `missing_ok`.
const IS_REFUSAL = /^22|^42704$/

/**
 * Asks the server, in the transaction of the caller, whether each of these expressions is true. An expression
 * that fails for its row counts as false: it lets no row through.
 */
export async function tryConditions(
  db: Queryable,
  expressions: readonly string[],
): Promise<boolean[] | NotTried> {
  const outcomes: boolean[] = []
  for (let start = 0; start < expressions.length; start += MOST_IN_ONE) {
    const some = expressions.slice(start, start + MOST_IN_ONE)
    let asked = await guarded(db, () => askTogether(db, some))
    // One expression that fails ends the whole query.
    if ('code' in asked && IS_REFUSAL.test(asked.code)) {
      asked = await guarded(db, () => askOneByOne(db, some))
    }
    if ('code' in asked) return new NotTried(asked.message)
    outcomes.push(...asked)
  }
  return outcomes
}

async function askTogether(db: Queryable, expressions: readonly string[]): Promise<boolean[]> {
  const { rows } = await db.query<{ outcomes: (boolean | null)[] }>(
    `select pg_catalog.to_json(array[${expressions.join(',\n')}]::boolean[]) as "outcomes"`,
  )
  return (rows[0]?.outcomes ?? []).map((outcome) => outcome === true)
}

async function askOneByOne(db: Queryable, expressions: readonly string[]): Promise<boolean[]> {
  await db.query(`do ${dollarQuoted(oneByOne(expressions))}`)
  // A block returns no rows: its result is read from a setting.
  const { rows } = await db.query<{ outcomes: string }>(
    `select pg_catalog.current_setting('kysely_tenants.outcomes') as "outcomes"`,
  )
  return [...(rows[0]?.outcomes ?? '')].map((outcome) => outcome === 't')
}

function oneByOne(expressions: readonly string[]): string {
  return `
    declare
      expression text;
      outcome boolean;
      outcomes text := '';
    begin
      foreach expression in array array[${expressions.map(literal).join(',\n')}]::text[] loop
        begin
          execute 'select ' || expression into outcome;
        exception when data_exception or undefined_object then
          outcome := false;
        end;
        outcomes := outcomes || case when outcome then 't' else 'f' end;
      end loop;
      perform pg_catalog.set_config('kysely_tenants.outcomes', outcomes, true);
    end`
}
