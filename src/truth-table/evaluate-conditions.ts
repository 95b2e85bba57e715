import { guarded } from '../catalog/guarded.ts'
import type { Queryable } from '../catalog/read-only.ts'
import { identifier } from '../sql/quote.ts'
import type { ComparedCondition } from './compared-conditions.ts'
import { withSettings } from './condition-text.ts'
import type { Outcomes } from './effects.ts'
import type { Row } from './sample-rows.ts'
import type { Samples } from './samples.ts'
import { NotTried, tryConditions } from './try-conditions.ts'

/** Evaluates every condition for every row in every state of the settings. */
export async function evaluateConditions(
  db: Queryable,
  name: string,
  { compared, samples }: { compared: readonly ComparedCondition[]; samples: Samples },
): Promise<Outcomes | NotTried> {
  const { rows, settings } = samples
  const columns = rows.columns.map(identifier).join(', ')
  // The row has the name of the table, as the deparsed text calls it. Behind an `offset` its values are no
  // constants: the planner would leave out a part that fails for the row of a table.
  const ask = (condition: string, { values }: Row) =>
    `(select ${condition} from (select ${values.join(', ')} offset 0) as ${identifier(name)} (${columns}))`

  // The rows are made alone first: from then on an error is one of the condition.
  const made = await tryConditions(db, [rows.rows.map((row) => ask('true', row)).join(' and ')])
  if (made instanceof NotTried) return made
  if (!made[0]) return new NotTried('the rows to try cannot be made')

  const set = await guarded(db, () =>
    db.query(
      `select pg_catalog.set_config(s.name, s.value, true)
       from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) s (name, value)`,
      [[...settings.values.keys()], [...settings.values.values()]],
    ),
  )
  if ('code' in set) return new NotTried(set.message)

  const conditions = [
    ...new Set(compared.flatMap(({ actual, wanted }) => [actual.lower, actual.upper, wanted])),
  ]
  const outcomes = new Map<string, boolean[][]>()
  for (const state of settings.states) {
    const expressions = conditions.flatMap((condition) => {
      const asked = withSettings(condition, state.standIns)
      return rows.rows.map((row) => ask(asked, row))
    })
    const answers = await tryConditions(db, expressions)
    if (answers instanceof NotTried) return answers
    conditions.forEach((condition, i) => {
      const start = i * rows.rows.length
      const answered = answers.slice(start, start + rows.rows.length)
      outcomes.set(condition, [...(outcomes.get(condition) ?? []), answered])
    })
  }
  return outcomes
}
