// Loaded with `node --import`: from then on `import 'kysely'` is Kysely 0.28, in `src` as in the tests.
// JavaScript, because Node loads it before what reads TypeScript.
import { register } from 'node:module'

const hooks = `
  export function resolve(specifier, context, next) {
    return next(specifier.replace(/^kysely(?=$|\\/)/, 'kysely-0.28'), context)
  }
`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
// The run fails when it loads another one.
process.env.KYSELY_TENANTS_TEST_KYSELY = '0.28.'
