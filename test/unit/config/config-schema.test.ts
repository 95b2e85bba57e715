import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect } from 'chai'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { CONFLICTS } from '../../support/config-cases/conflicts.ts'
import { FULL, RIGHT_CONFIGS } from '../../support/config-cases/right-configs.ts'
import { WRONG_CONFIGS } from '../../support/config-cases/wrong-configs.ts'
import { configProblems } from '../../support/config-problems.ts'
import { keysOfType } from '../../support/type-keys.ts'

interface Schema {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly definitions?: Readonly<Record<string, Schema>>
}

const SCHEMA: Schema = JSON.parse(
  readFileSync(new URL('../../../schemas/config.schema.json', import.meta.url), 'utf8'),
)

describe('config.schema.json', () => {
  const ajv = new Ajv({ strict: true })
  addFormats.default(ajv)
  const validate = ajv.compile(SCHEMA)

  const verdicts = (config: unknown) => ({
    schema: validate(config),
    parser: configProblems(() => parseConfig(config)).length === 0,
  })

  for (const { title, input } of RIGHT_CONFIGS) {
    it(`accepts ${title}, as the parser does`, () => {
      expect(verdicts(asJson(input))).to.deep.equal({ schema: true, parser: true })
    })
  }

  const conflicts = new Set(CONFLICTS)
  const inJson = WRONG_CONFIGS.filter((one) => !conflicts.has(one) && !isLostInJson(one.input))

  for (const { title, input } of inJson) {
    it(`refuses ${title}, as the parser does`, () => {
      expect(verdicts(asJson(input))).to.deep.equal({ schema: false, parser: false })
    })
  }

  for (const { title, input } of CONFLICTS) {
    it(`cannot see ${title}, which the parser refuses`, () => {
      expect(verdicts(asJson(input))).to.deep.equal({ schema: true, parser: false })
    })
  }

  it('agrees with the parser on any value in the place of any other', () => {
    const tried = variantsOf(FULL).map((config) => ({ config, ...verdicts(config) }))
    const disagreed = tried.filter(({ schema, parser }) => schema !== parser)
    expect(disagreed).to.deep.equal([])
    expect(tried.filter(({ parser }) => parser).length).to.be.greaterThan(20)
    expect(tried.filter(({ parser }) => !parser).length).to.be.greaterThan(300)
  })

  it('has the keys of ConfigInput, and no others', () => {
    const file = fileURLToPath(new URL('../../../src/config/config.ts', import.meta.url))
    const keys = keysOfType(file, 'ConfigInput')
    expect(keysOfSchema(SCHEMA)).to.deep.equal(keys)
    expect(keys).to.include.members([
      '$schema',
      'tables.*.backfill.parent',
      'audit.waivers[].check',
    ])
  }).timeout(60_000)
})

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** A file of JSON has no functions, maps and promises: the parser refuses them, and the schema never sees one. */
function isLostInJson(value: unknown): boolean {
  if (value === undefined || typeof value === 'function') return true
  if (value instanceof Map || value instanceof Promise) return true
  return typeof value === 'object' && Object.values(value ?? {}).some(isLostMap)
}

function isLostMap(value: unknown): boolean {
  return (
    value instanceof Map || (Object(value) === value && Object.values(value ?? {}).some(isLostMap))
  )
}

const VALUES = [
  null,
  true,
  5,
  '',
  ' ',
  'x',
  'a.b',
  '2027-01-31',
  [],
  ['x'],
  [5],
  [''],
  {},
  { x: 1 },
]

/** The config with each value replaced, taken away, or with a key beside it. */
function variantsOf(config: unknown, put = (value: unknown): unknown => value): unknown[] {
  const isObject = typeof config === 'object' && config !== null && !Array.isArray(config)
  const entries = Object(config) === config ? Object.entries(config as object) : []
  return [
    ...VALUES.map(put),
    ...(isObject ? [put({ ...config, unheard: 1 })] : []),
    ...entries.flatMap(([key, value]) => [
      ...(isObject ? [put(without(config, key))] : []),
      ...variantsOf(value, (other) => put(replaced(config, key, other))),
    ]),
  ].filter((variant) => !needsASchema(variant))
}

function replaced(config: unknown, key: string, value: unknown): unknown {
  if (Array.isArray(config)) return config.with(Number(key), value)
  return { ...(config as object), [key]: value }
}

function without(config: object, key: string): object {
  return Object.fromEntries(Object.entries(config).filter(([name]) => name !== key))
}

/** One of `CONFLICTS`: no schemas for tables that need one. */
function needsASchema(config: unknown): boolean {
  const { schemas } = Object(config)
  return Array.isArray(schemas) && schemas.length === 0
}

function keysOfSchema(schema: Schema, path = ''): string[] {
  if (schema.$ref) return keysOfSchema(definition(schema.$ref), path)
  const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [] } = schema
  const keys = [
    ...Object.entries(properties).flatMap(([name, value]) => {
      const key = path === '' ? name : `${path}.${name}`
      return [key, ...keysOfSchema(value, key)]
    }),
    ...(typeof additionalProperties === 'object'
      ? keysOfSchema(additionalProperties, `${path}.*`)
      : []),
    ...(items ? keysOfSchema(items, `${path}[]`) : []),
    ...[...anyOf, ...oneOf].flatMap((one) => keysOfSchema(one, path)),
  ]
  return [...new Set(keys)].sort()
}

function definition(reference: string): Schema {
  const found = SCHEMA.definitions?.[reference.replace('#/definitions/', '')]
  if (!found) throw new Error(`${reference} is not defined`)
  return found
}
