import { AsyncLocalStorage } from 'node:async_hooks'

/** The tenant of the running code, for the drivers that must not pass. */
export const naiveScopes: AsyncLocalStorage<string> = new AsyncLocalStorage()
