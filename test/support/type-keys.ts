import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript-5.9'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The keys of an exported interface and of all that lies in it, as paths: `tables.*.column` for the
 * values of a record, `audit.waivers[].check` for the items of a list. Types of packages are not entered.
 */
export function keysOfType(file: string, name: string): string[] {
  const program = ts.createProgram([file], {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  const symbol = checker.getExportsOfModule(module as ts.Symbol).find((one) => one.name === name)
  if (!symbol) throw new Error(`${file} exports no ${name}`)
  return [...new Set(keysOf(checker.getDeclaredTypeOfSymbol(symbol), '', checker))].sort()
}

function keysOf(type: ts.Type, path: string, checker: ts.TypeChecker): string[] {
  if (type.isUnion()) return type.types.flatMap((one) => keysOf(one, path, checker))
  if (!(type.flags & ts.TypeFlags.Object)) return []
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference)
    return item ? keysOf(item, `${path}[]`, checker) : []
  }
  const values = type.getStringIndexType()
  const own = type.getProperties().filter(isOurs)
  return [
    ...(values ? keysOf(values, `${path}.*`, checker) : []),
    ...own.flatMap((property) => {
      const key = path === '' ? property.name : `${path}.${property.name}`
      return [key, ...keysOf(checker.getTypeOfSymbol(property), key, checker)]
    }),
  ]
}

function isOurs(property: ts.Symbol): boolean {
  const [declaration] = property.declarations ?? []
  const file = declaration?.getSourceFile().fileName ?? ''
  return dirname(file).startsWith(`${ROOT}src`)
}
