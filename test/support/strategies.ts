import type { TenantDialectConfig } from '../../src/index.ts'

export type StrategyName = 'local' | 'set-local' | 'session' | 'sequential'

/** The strategies that the matrices run for. */
export const STRATEGIES: readonly StrategyName[] = ['local']

/** The options of a dialect with this strategy; the default one is not named. */
export function strategyOptions(strategy: StrategyName): Partial<TenantDialectConfig> {
  return strategy === 'local' ? {} : ({ strategy } as object)
}
