/** The keywords of JSON Schema that `schemas/snapshot.schema.json` is written with. */
export interface Schema {
  readonly type?: TypeName | readonly TypeName[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly $ref?: string
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false
  readonly minimum?: number
  readonly maximum?: number
}

type TypeName = 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'null'

/** The schema of a whole file. */
export interface RootSchema extends Schema {
  readonly definitions: Readonly<Record<string, Schema>>
}

/**
 * The first place at which a value is not as its schema, in words: `relations[3].kind must be …`. A reader
 * of its own: a validator that knows every keyword takes 3 MB and a second to begin (ajv), for a schema that
 * needs ten of them.
 */
export function firstMismatch(value: unknown, root: RootSchema): string | undefined {
  const found = mismatch(value, root, root)
  return found && `${pathOf(found.keys) || 'the file'} ${found.problem}`
}

interface Mismatch {
  /** The way to the place, the last key first: made only where there is one. */
  readonly keys: (string | number)[]
  /** `is missing`, `must be a text, and is null` */
  readonly problem: string
}

function pathOf(keys: Mismatch['keys']): string {
  const parts = keys.toReversed().map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
  return parts.join('').slice(1)
}

function mismatch(value: unknown, schema: Schema, root: RootSchema): Mismatch | undefined {
  if (schema.$ref !== undefined) return mismatch(value, definition(schema.$ref, root), root)
  if (schema.anyOf) return mismatchOfAll(value, schema.anyOf, root)
  const wanted = wantedInstead(value, schema)
  if (wanted !== undefined)
    return { keys: [], problem: `must be ${wanted}, and is ${shown(value)}` }
  if (Array.isArray(value)) return schema.items && listMismatch(value, schema.items, root)
  return isObject(value) ? objectMismatch(value, schema, root) : undefined
}

const DEFINITIONS = '#/definitions/'

function definition(reference: string, { definitions }: RootSchema): Schema {
  const found = definitions[reference.slice(DEFINITIONS.length)]
  if (!found) throw new Error(`the schema does not define ${reference}`)
  return found
}

// The first schema says more than the others, which allow null.
function mismatchOfAll(
  value: unknown,
  [first, ...others]: readonly Schema[],
  root: RootSchema,
): Mismatch | undefined {
  const found = first && mismatch(value, first, root)
  return found && others.every((schema) => mismatch(value, schema, root)) ? found : undefined
}

/** The words for the values that the schema wants; undefined where this is one of them. */
function wantedInstead(value: unknown, schema: Schema): string | undefined {
  const {
    type,
    minimum,
    maximum,
    enum: values = 'const' in schema ? [schema.const] : undefined,
  } = schema
  if (values && !values.includes(value)) {
    return values.map((one) => JSON.stringify(one)).join(' or ')
  }
  if (type !== undefined && !isOfType(value, type)) {
    return [type]
      .flat()
      .map((name) => WORDS[name])
      .join(' or ')
  }
  if (typeof value !== 'number' || minimum === undefined || maximum === undefined) return undefined
  return value < minimum || value > maximum ? `between ${minimum} and ${maximum}` : undefined
}

const WORDS: Readonly<Record<TypeName, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

function isOfType(value: unknown, type: TypeName | readonly TypeName[]): boolean {
  const own = typeOf(value)
  return typeof type === 'string' ? type === own : type.some((name) => name === own)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function listMismatch(
  list: readonly unknown[],
  items: Schema,
  root: RootSchema,
): Mismatch | undefined {
  for (let index = 0; index < list.length; index++) {
    const found = mismatch(list[index], items, root)
    if (found) return under(index, found)
  }
  return undefined
}

function objectMismatch(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties }: Schema,
  root: RootSchema,
): Mismatch | undefined {
  const missing = required.find((key) => !Object.hasOwn(value, key))
  if (missing !== undefined) return { keys: [missing], problem: 'is missing' }
  for (const key of Object.keys(value)) {
    const schema = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (!schema && additionalProperties === false) {
      return { keys: [shownKey(key)], problem: 'is not known' }
    }
    const found = schema && mismatch(value[key], schema, root)
    if (found) return under(key, found)
  }
  return undefined
}

function under(key: string | number, found: Mismatch): Mismatch {
  found.keys.push(key)
  return found
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const LONGEST = 40

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  // A file of another tool can hold whatever a terminal obeys.
  const text = JSON.stringify(value).replaceAll(/\p{C}/gu, '?')
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function shownKey(key: string): string {
  return /^\w{1,40}$/.test(key) ? key : shown(key)
}
