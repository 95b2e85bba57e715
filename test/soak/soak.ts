import pg from 'pg'
import { CHAOS_ACTS } from './chaos-acts.ts'
import { startChaosProxy } from './chaos-proxy.ts'
import { inspect } from './inspect.ts'
import { CHAOS, type Mix, type Operation, operationOf } from './operation.ts'
import { createOracle, type Finding, type Oracle } from './oracle.ts'
import { RESIDUE_ACTS } from './residue-acts.ts'
import type { SoakWorld } from './soak-world.ts'
import type { Act, Stage } from './stage.ts'
import { openSubject, type SubjectName } from './subject.ts'
import { USUAL_ACTS } from './usual-acts.ts'

export interface SoakOptions {
  readonly subject: SubjectName
  readonly seed: number
  readonly statements: number
  readonly mix?: Mix
}

export interface SoakReport {
  readonly subject: SubjectName
  readonly seed: number
  readonly operations: number
  readonly statements: number
  readonly seconds: number
  /** Operations that the chaos ended, by error. */
  readonly failures: Readonly<Record<string, number>>
  /** How often each finding occurred; empty when all is well. */
  readonly findings: Readonly<Partial<Record<Finding, number>>>
  readonly details: readonly string[]
}

const CLIENTS = 50
const WORKERS = 2 * CLIENTS
const HANG_MS = 20_000
const END_MS = 2000

const ACTS = { ...USUAL_ACTS, ...CHAOS_ACTS, ...RESIDUE_ACTS }

/** Many workers and tenants on one pool, and everything that goes wrong; the oracle looks on. */
export async function soak(world: SoakWorld, options: SoakOptions): Promise<SoakReport> {
  const oracle = createOracle()
  const count = { operations: 0, statements: 0 }
  const proxy = await startChaosProxy(world.appUrl)
  const admin = new pg.Pool({ connectionString: world.url, max: 2 })
  // The server may end before it has read that its clients go.
  admin.on('error', () => undefined)
  const subject = openSubject(options.subject, {
    pool: {
      connectionString: proxy.url,
      max: CLIENTS,
      query_timeout: 400,
      connectionTimeoutMillis: 5000,
    },
    onStatement: () => count.statements++,
  })
  const stage: Stage = { subject, world, proxy, admin, oracle, kept: [] }
  const start = performance.now()

  const stopWatching = watchUnhandled(oracle)
  try {
    await runWorkers(stage, options, count)
    await inspect(stage)
  } finally {
    stopWatching()
    await Promise.race([subject.pool.end(), after(END_MS)])
    await admin.end()
    await proxy.stop()
  }

  const { failures, findings, details } = oracle
  const seconds = Math.round((performance.now() - start) / 100) / 10
  const { subject: name, seed } = options
  return { subject: name, seed, ...count, seconds, failures, findings, details }
}

async function runWorkers(
  stage: Stage,
  { seed, statements, mix = CHAOS }: SoakOptions,
  count: { operations: number; statements: number },
): Promise<void> {
  const { tenants } = stage.world
  const work = async () => {
    while (count.statements < statements) {
      const operation = operationOf(seed, count.operations++, { tenants, mix })
      if ((await perform(stage, operation)) === 'hung') return
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
  const reads = stage.oracle.reads()
  // A run whose operations all fail is no proof.
  if (reads < count.operations / 2) stage.oracle.note('too few reads', `${reads}`)
}

async function perform(stage: Stage, operation: Operation): Promise<'ended' | 'hung'> {
  const act: Act = ACTS[operation.kind]
  const ended = act(stage, operation)
    .catch((error: unknown) => stage.oracle.failed(operation, error))
    .then(() => 'ended' as const)
  const outcome = (await Promise.race([ended, after(HANG_MS)])) ?? 'hung'
  if (outcome === 'hung') stage.oracle.note('hang', JSON.stringify(operation))
  return outcome
}

/** No act of a run may end the process. */
function watchUnhandled(oracle: Oracle): () => void {
  const note = (error: unknown) => oracle.note('unhandled error', String(error))
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
  return () => {
    process.off('unhandledRejection', note)
    process.off('uncaughtException', note)
  }
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref())
}
