// Loaded with `node --import` beside tsx: `bin/` imports what is built, and gets the source of it.
// JavaScript, because Node loads it before what reads TypeScript.
import { register } from 'node:module'

const hooks = `
  export function resolve(specifier, context, next) {
    const isBin = context.parentURL?.endsWith('/bin/kysely-tenants.js')
    const source = specifier.replace('../dist/', '../src/').replace(/\\.js$/, '.ts')
    return next(isBin ? source : specifier, context)
  }
`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
