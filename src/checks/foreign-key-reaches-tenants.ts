import { findRelation } from '../catalog/find-relation.ts'
import type { KeyAction } from '../catalog/reach/reach-facts.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { validatedWith } from './facts/foreign-keys.ts'
import { roadCheck } from './facts/road-check.ts'
import { type CutRoads, roadMap } from './facts/roads.ts'
import { statements } from './facts/statements.ts'

export const foreignKeyReachesTenants: Check = roadCheck(
  {
    id: 'foreign-key-reaches-tenants',
    level: 'high',
    title: 'The action of a foreign key reaches rows of other tenants',
    why:
      'CASCADE, SET NULL and SET DEFAULT run as the owner of the table that refers, and FORCE does not ' +
      'count there. They change rows of every tenant when the row that goes is of none, and the BEFORE ' +
      'triggers and constraints of that table then read and write every tenant of its owner.',
    link: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK',
    broken: `alter table public.projects add column country text
  references public.countries (code) on delete cascade`,
    fixed: 'alter table public.projects drop column country',
  },
  ({ crossing, kind }) => crossing.kind === 'key' && kind !== 'data',
  (cut, context) => {
    const { crossing } = cut.road
    const child =
      crossing.kind === 'key' && roadMap(context)?.index.relations.get(crossing.key.child)
    if (!child || crossing.kind !== 'key') return
    return { object: qualifiedName(child), fix: fixOf(cut, crossing.key, context) }
  },
)

function fixOf({ road }: CutRoads, key: KeyAction, context: CheckContext): string {
  const code = road.steps.find((step) => / calls /.test(step))
  if (code !== undefined) {
    return [
      '-- In what it calls, ask for the tenant of the row as well: where tenant_id = old.tenant_id.',
      '-- Or let a role own the table that owns no other and is bound by a policy of its own.',
    ].join('\n')
  }
  const child = roadMap(context)?.index.relations.get(key.child)
  const relation = child && findRelation(child, context.snapshot)
  const constraint = relation?.foreignKeys.find(({ name }) => name === key.name)
  if (!relation || !constraint) return `-- Create ${identifier(key.name)} again without an action.`
  const name = identifier(key.name)
  return statements(
    validatedWith(
      [relation],
      [
        `alter table ${qualifiedName(relation)} drop constraint if exists ${name},`,
        `  add constraint ${name} ${withoutActions(constraint.definition)}`,
      ].join('\n'),
      context.snapshot,
    ),
  )
}

function withoutActions(definition: string): string {
  return definition.replaceAll(
    / ON (?:DELETE|UPDATE) (?:CASCADE|SET (?:NULL|DEFAULT)(?: \([^)]*\))?)/g,
    '',
  )
}
