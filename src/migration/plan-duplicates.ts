import { literal } from '../sql/literal.ts'
import { dollarQuoted, identifier, qualifiedName } from '../sql/quote.ts'
import type { Step } from './step.ts'
import type { GlobalKey } from './unique-keys.ts'

/**
 * A key that is valid proves that its successor can be built. One that is not may hide values that are
 * there twice, which would end the build after all its work.
 */
export function lookForDuplicates({ entry, index }: GlobalKey): Step[] {
  if (index.isValid) return []
  const { schema, name, column } = entry.table
  const table = qualifiedName({ schema, name })
  const keys = [identifier(column), ...index.keys]
  const areNullsDistinct = !index.definition.includes(') NULLS NOT DISTINCT')
  const conditions = [
    ...(index.predicate === null ? [] : [index.predicate]),
    ...(areNullsDistinct ? index.keys.map((key) => `${key} is not null`) : []),
  ]
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''
  const query = `select ${keys.join(', ')}, count(*) from only ${table}${where} group by ${keys.join(', ')} having count(*) > 1`
  const message = `${table} has values twice that ${index.name} wants to be unique for each tenant: ${query}`
  return [
    {
      table: { schema, name },
      why: 'Ends here, and says where to look, when a value is there twice.',
      up: `do ${dollarQuoted(` begin
  if exists (${query}) then
    raise unique_violation using message = ${literal(message)};
  end if;
end `)}`,
      down: [],
      lock: 'access share',
    },
  ]
}
