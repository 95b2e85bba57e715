import type { Snapshot } from './snapshot.ts'

/**
 * The snapshot does not hold all tables: there are shards on other servers. Citus drops AS RESTRICTIVE there,
 * so that no policy bounds another one.
 */
export function isDistributed({ extensions }: Pick<Snapshot, 'extensions'>): boolean {
  return extensions.includes('citus')
}
