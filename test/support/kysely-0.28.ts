// Loaded with `node --import`: from then on `import 'kysely'` is Kysely 0.28, in `src` as in the tests.
import { register } from 'node:module'

const hooks = `
  export function resolve(specifier, context, next) {
    return next(specifier.replace(/^kysely(?=$|\\/)/, 'kysely-0.28'), context)
  }
`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
