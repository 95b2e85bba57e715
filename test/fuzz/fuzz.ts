import fc from 'fast-check'
import { compare, type Tally } from './compare.ts'
import { statements } from './description.ts'
import type { FuzzWorld } from './world.ts'

export interface FuzzOptions {
  readonly runs: number
  /** Of a failure that is to be seen again. */
  readonly seed?: number
  /** Its path, for the smallest statement at once. */
  readonly path?: string
}

/** @throws an error with the seed, the path and the smallest statement whose outcomes differ */
export async function fuzz(
  world: FuzzWorld,
  { runs, ...replay }: FuzzOptions,
): Promise<Readonly<Tally>> {
  const tally: Tally = { statements: 0, errors: 0, withRows: 0, covered: 0 }
  const property = fc.asyncProperty(statements(world.hasMerge), (statement) =>
    compare(world, statement, tally),
  )
  await fc.assert(property, { numRuns: runs, ...replay })
  return tally
}
