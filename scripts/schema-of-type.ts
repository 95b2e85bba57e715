import ts from 'typescript-5.9'

/** The part of JSON Schema that is written here, and that `src/audit/json-schema.ts` reads. */
export interface JsonSchema {
  [keyword: string]: unknown
}

/**
 * The JSON Schema of an exported type: named types become definitions, comments become descriptions, and
 * a key that the type does not have is refused.
 */
export function schemaOfType(file: string, name: string): JsonSchema {
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    lib: ['lib.es5.d.ts'],
    types: [],
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  const symbol = checker.getExportsOfModule(module as ts.Symbol).find((one) => one.name === name)
  if (!symbol) throw new Error(`${file} exports no ${name}`)
  const writer = new SchemaWriter(checker)
  const root = writer.object(checker.getDeclaredTypeOfSymbol(symbol))
  return { ...root, definitions: writer.definitions() }
}

class SchemaWriter {
  readonly #checker: ts.TypeChecker
  readonly #definitions = new Map<string, JsonSchema>()

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  definitions(): JsonSchema {
    return Object.fromEntries([...this.#definitions].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  object(type: ts.Type): JsonSchema {
    const properties = this.#checker.getPropertiesOfType(type)
    const isOptional = ({ flags }: ts.Symbol) => (flags & ts.SymbolFlags.Optional) !== 0
    return {
      type: 'object',
      additionalProperties: false,
      required: properties.filter((one) => !isOptional(one)).map((one) => one.name),
      properties: Object.fromEntries(
        properties.map((property) => [property.name, this.#property(property)]),
      ),
    }
  }

  #property(property: ts.Symbol): JsonSchema {
    const description = this.#description(property)
    const schema = this.#schema(this.#checker.getTypeOfSymbol(property))
    return description === '' ? schema : { description, ...schema }
  }

  #description(property: ts.Symbol): string {
    const text = ts.displayPartsToString(property.getDocumentationComment(this.#checker))
    return text
      .replace(/\{@link ([^}]*)\}/g, '`$1`')
      .replace(/\s+/g, ' ')
      .trim()
  }

  #schema(type: ts.Type): JsonSchema {
    const { flags } = type
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' }
    if (type.isUnion()) return this.#union(type)
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value }
    if (flags & ts.TypeFlags.String) return { type: 'string' }
    if (flags & ts.TypeFlags.Number) {
      return { type: 'integer', minimum: -1, maximum: Number.MAX_SAFE_INTEGER }
    }
    if (!(flags & ts.TypeFlags.Object)) throw this.#unknown(type)
    return this.#checker.isArrayType(type) ? this.#array(type) : this.#named(type)
  }

  #array(type: ts.Type): JsonSchema {
    const [item] = this.#checker.getTypeArguments(type as ts.TypeReference)
    if (!item) throw this.#unknown(type)
    return { type: 'array', items: this.#schema(item) }
  }

  #named(type: ts.Type): JsonSchema {
    const symbol = type.aliasSymbol ?? type.symbol
    const { name } = symbol
    if (name === '__type' || !isOurs(symbol)) return this.object(type)
    if (!this.#definitions.has(name)) {
      this.#definitions.set(name, {})
      this.#definitions.set(name, this.object(type))
    }
    return { $ref: `#/definitions/${name}` }
  }

  #union({ types }: ts.UnionType): JsonSchema {
    const isNull = (type: ts.Type) => (type.flags & ts.TypeFlags.Null) !== 0
    const others = types.filter((type) => !isNull(type))
    const nullable = others.length < types.length
    if (others.every((type) => type.isStringLiteral())) {
      return { enum: [...others.map(({ value }) => value), ...(nullable ? [null] : [])] }
    }
    const schema = this.#one(others)
    if (!nullable) return schema
    const { type } = schema
    return typeof type === 'string' && type !== 'object' && type !== 'array'
      ? { ...schema, type: [type, 'null'] }
      : { anyOf: [schema, { type: 'null' }] }
  }

  #one(types: readonly ts.Type[]): JsonSchema {
    const isBoolean = types.every(({ flags }) => flags & ts.TypeFlags.BooleanLiteral)
    if (isBoolean) return { type: 'boolean' }
    const [type, ...more] = types
    if (!type || more.length > 0) throw new Error('a union of several types is not written')
    return this.#schema(type)
  }

  #unknown(type: ts.Type): Error {
    return new Error(`${this.#checker.typeToString(type)} is not written as JSON Schema`)
  }
}

function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((one) => !one.getSourceFile().fileName.includes('/node_modules/'))
}
