import type { Queryable } from '../read-only.ts'
import { READ_REFERENCES, READ_RULES, READ_TYPE_PLACES } from './place-queries.ts'
import type { CodePlace } from './reach-facts.ts'
import { type KnownNames, scanBody } from './scan-body.ts'

type FoundPlace = Omit<CodePlace, 'body'>

interface FoundRule {
  readonly on: number
  readonly name: string
  readonly command: 'select' | 'insert' | 'update' | 'delete'
  readonly source: string
}

/** Where code stands on relations, by the dependencies that PostgreSQL keeps. */
export async function readPlaces(db: Queryable, known: KnownNames): Promise<CodePlace[]> {
  const references = await db.query<FoundPlace>(READ_REFERENCES)
  const types = await db.query<FoundPlace>(READ_TYPE_PLACES)
  const rules = await db.query<FoundRule>(READ_RULES)
  const placed = [...references.rows, ...types.rows].flatMap((place) =>
    place.kind === 'rule' ? [] : { ...place, body: null },
  )
  const ofRules = new Map(
    references.rows.flatMap((place) =>
      place.kind === 'rule' ? [[`${place.on} ${place.name}`, place]] : [],
    ),
  )
  return [
    ...placed,
    ...rules.rows.map(({ source, ...rule }): CodePlace => {
      const found = ofRules.get(`${rule.on} ${rule.name}`)
      return {
        ...rule,
        kind: 'rule',
        functions: found?.functions ?? [],
        relations: found?.relations ?? [],
        body: scanBody(actionsOf(source), known),
      }
    }),
  ]
}

// `CREATE RULE r AS ON INSERT TO public.pings WHERE … DO INSTEAD (…; …)`: the condition is a statement of its own.
function actionsOf(source: string): string {
  const [head = ''] = /^[\s\S]*? DO\s+(?:INSTEAD\s+|ALSO\s+)?\(?/.exec(source) ?? []
  const at = head.indexOf(' WHERE ')
  const condition = at === -1 ? '' : `select ${head.slice(at)};`
  return `${condition}${source.slice(head.length)}`
}
