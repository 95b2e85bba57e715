// Loaded with `node --import` before every run. With KYSELY_TENANTS_TEST_KYSELY, `import 'kysely'` is the
// alias that it names (`kysely-0.28`), with KYSELY_TENANTS_TEST_PG so is `import 'pg'`, in `src` as in the
// tests. JavaScript, because Node loads it before what reads TypeScript.
import { register } from 'node:module'

const aliases = {
  kysely: process.env.KYSELY_TENANTS_TEST_KYSELY,
  pg: process.env.KYSELY_TENANTS_TEST_PG,
}

for (const [name, alias] of Object.entries(aliases)) {
  if (!alias) continue
  const hooks = `
    export function resolve(specifier, context, next) {
      return next(specifier.replace(/^${name}(?=$|\\/)/, ${JSON.stringify(alias)}), context)
    }
  `
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}
