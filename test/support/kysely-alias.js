// Loaded with `node --import` before every run. With KYSELY_TENANTS_TEST_KYSELY, `import 'kysely'` is the
// alias that it names (`kysely-0.28`), in `src` as in the tests.
// JavaScript, because Node loads it before what reads TypeScript.
import { register } from 'node:module'

const alias = process.env.KYSELY_TENANTS_TEST_KYSELY
if (alias) {
  const hooks = `
    export function resolve(specifier, context, next) {
      return next(specifier.replace(/^kysely(?=$|\\/)/, ${JSON.stringify(alias)}), context)
    }
  `
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}
