import { qualifiedName } from '../sql/quote.ts'
import type { End, RoadCommand, State } from './road-state.ts'

/** The road in words, a step each: the login, the edges with whom they run as, the table at its end. */
export function roadSteps(login: string, end: End): string[] {
  const steps = [login]
  let as = login
  for (const state of statesTo(end.state)) {
    const { step, actor } = state
    if (step !== '' && !isLastWord(state, end)) steps.push(step)
    if (actor.as === as) continue
    as = actor.as
    if (!step.endsWith(as)) steps.push(as)
  }
  return [...withReason(steps, as, end), `${qualifiedName(end.relation)}: ${outcome(end)}`]
}

// The table at the end is named with what becomes of its rows.
function isLastWord({ stop, from }: State, { state, relation }: End): boolean {
  const isLast = stop === state.stop && stop.kind === 'relation' && stop.relation === relation
  return isLast && from?.stop.kind === 'code'
}

function statesTo(state: State): State[] {
  const states: State[] = []
  for (let at: State | undefined = state; at; at = at.from) states.unshift(at)
  return states
}

// The reason stands with whom the road runs as in the end.
function withReason(steps: readonly string[], as: string, { because, kind }: End): string[] {
  if (kind === 'stored' || kind === 'data') return [...steps]
  const last = steps.at(-1) ?? ''
  if (last !== as && !last.endsWith(` ${as}`)) return [...steps, `as ${as}, ${because}`]
  return [...steps.slice(0, -1), `${last}, ${because}`]
}

const ROWS: Readonly<Record<RoadCommand, string>> = {
  select: 'rows of every tenant',
  insert: 'adds rows to every tenant',
  update: 'changes rows of every tenant',
  delete: 'deletes rows of every tenant',
  truncate: 'empties it for every tenant',
  define: 'may be altered or dropped',
}

function outcome({ kind, command, because }: End): string {
  if (kind === 'stored') return because
  if (kind === 'data') return because
  if (kind === 'anything') return 'whatever it wants with the rows of every tenant'
  if (kind === 'foreign') return 'rows from another server'
  return ROWS[command]
}
