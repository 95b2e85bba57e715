import { localStrategy } from './local.ts'
import { sessionStrategy } from './session.ts'
import { setLocalStrategy } from './set-local.ts'
import type { Strategy, StrategyName } from './strategy.ts'

interface StrategyOptions {
  readonly strategy?: StrategyName
  readonly poolerKeepsSessions?: boolean
}

/** The strategy of that name for the tenant's `setting`, `local` by default. */
export function chooseStrategy(
  setting: string,
  { strategy = 'local', ...options }: StrategyOptions,
): Strategy {
  switch (strategy) {
    case 'local':
      return localStrategy(setting)
    case 'set-local':
      return setLocalStrategy(setting)
    case 'session':
      return sessionStrategy(setting, options)
    case 'sequential':
      // Its units come from the driver around this one.
      return { name: strategy }
  }
}
