import type { StrategyName, TenantPoolConfig } from '../../src/index.ts'

export type { StrategyName }

/** The strategies over a pool of pg: what holds for one of them is tested for each. */
export const STRATEGIES: readonly StrategyName[] = ['local', 'set-local', 'session', 'sequential']

/** The options of a dialect with this strategy. */
export function strategyOptions(strategy: StrategyName): Partial<TenantPoolConfig> {
  return { strategy }
}
