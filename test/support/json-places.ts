import type { RootSchema, Schema } from '../../src/audit/json-schema.ts'

export interface JsonPlace {
  /** The keys that lead there, and the indices of lists. */
  readonly path: readonly (string | number)[]
  readonly value: unknown
  readonly schema: Schema
  /** `RelationState.kind`, `SavedSnapshot.relations[]`: the same for every such value. */
  readonly kind: string
}

/** The first place of each kind in a value that is as its schema. */
export function placesOf(value: unknown, root: RootSchema): JsonPlace[] {
  const byKind = new Map<string, JsonPlace>()
  for (const place of inside({ value, schema: root, kind: 'file', path: [] }, root)) {
    if (!byKind.has(place.kind)) byKind.set(place.kind, place)
  }
  return [...byKind.values()]
}

function* inside(place: JsonPlace, root: RootSchema): Generator<JsonPlace> {
  const { value, schema, kind, path } = resolved(place, root)
  if (typeof value !== 'object' || value === null) return
  for (const [name, own] of Object.entries(value)) {
    const isList = Array.isArray(value)
    const inner = {
      value: own,
      schema: (isList ? schema.items : schema.properties?.[name]) ?? {},
      kind: isList ? `${kind}[]` : `${kind}.${name}`,
      path: [...path, isList ? Number(name) : name],
    }
    yield inner
    yield* inside(inner, root)
  }
}

/** Without the reference to a definition, and without the choice of null. */
function resolved(place: JsonPlace, root: RootSchema): JsonPlace {
  const schema = place.schema.anyOf?.[0] ?? place.schema
  if (schema.$ref === undefined) return { ...place, schema }
  const kind = schema.$ref.replace('#/definitions/', '')
  return { ...place, kind, schema: root.definitions[kind] ?? {} }
}

/** As the errors write it: `snapshot.relations[3].kind`. */
export function placeName(path: JsonPlace['path']): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1)
}

/** The value with another one at the place; `undefined` takes the place away. */
export function changedAt(value: unknown, path: JsonPlace['path'], to: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return to
  if (Array.isArray(value)) {
    const index = Number(key)
    return rest.length === 0 && to === undefined
      ? value.toSpliced(index, 1)
      : value.with(index, changedAt(value[index], rest, to))
  }
  const entries = Object.entries(value as object).flatMap(([name, own]) => {
    if (name !== key) return [[name, own]]
    const changed = changedAt(own, rest, to)
    return changed === undefined ? [] : [[name, changed]]
  })
  return Object.fromEntries(entries)
}
