import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import {
  createTenancy,
  TenantDialect,
  TenantPlugin,
  type TenantPoolConfig,
} from '../../src/index.ts'
import { STRATEGIES, type StrategyName, strategyOptions } from '../support/strategies.ts'
import { naivePipelinePool } from './naive-pipeline.ts'
import { naiveScopes } from './naive-scopes.ts'
import { naiveSessionPool } from './naive-session.ts'
import type { Via } from './operation.ts'
import type { Tables } from './soak-world.ts'

/** The Kysely of an application: its statements belong to the tenant of their scope. */
export interface Subject {
  readonly db: Kysely<Tables>
  /** The raw pool below, which others may use as well. */
  readonly pool: pg.Pool
  /** Runs `body` for a tenant, with the Kysely that it has to use. */
  run<T>(tenant: string, via: Via, body: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  runGlobal<T>(body: () => Promise<T>): Promise<T>
}

/** Drivers that must not pass: they prove that the run can see a leak. */
export const NAIVE = ['naive-session', 'naive-pipeline'] as const
type NaiveName = (typeof NAIVE)[number]

export type SubjectName = StrategyName | NaiveName

interface SubjectOptions {
  readonly pool: pg.PoolConfig
  readonly dialect?: Partial<TenantPoolConfig>
  onStatement?(): void
}

export function openSubject(name: SubjectName, options: SubjectOptions): Subject {
  const pool = new pg.Pool(options.pool)
  // Every user of a pool has to listen: otherwise a lost idle client ends the process.
  pool.on('error', () => undefined)
  const log = () => options.onStatement?.()
  return isNaive(name)
    ? openNaive(name, pool, log)
    : openOurs(pool, { ...options.dialect, ...strategyOptions(name) }, log)
}

export function isSubjectName(name: string): name is SubjectName {
  return [...STRATEGIES, ...NAIVE].some((known) => known === name)
}

function isNaive(name: SubjectName): name is NaiveName {
  return NAIVE.some((naive) => naive === name)
}

function openOurs(pool: pg.Pool, options: Partial<TenantPoolConfig>, log: () => void): Subject {
  const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
  const db = new Kysely<Tables>({
    dialect: new TenantDialect({ tenancy, pool, cursor: Cursor, ...options }),
    plugins: [new TenantPlugin({ tenancy })],
    log,
  })
  return {
    db,
    pool,
    run: (tenant, via, body) =>
      via === 'run' ? tenancy.run(tenant, () => body(db)) : body(tenancy.forTenant(db, tenant)),
    runGlobal: (body) => tenancy.runGlobal(body),
  }
}

function openNaive(name: NaiveName, pool: pg.Pool, log: () => void): Subject {
  // Not to be told by a crash: the leak is what they are here for.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const facade: PostgresPool =
    name === 'naive-session' ? naiveSessionPool(pool) : naivePipelinePool(pool)
  const db = new Kysely<Tables>({
    // Without a cursor: stock Kysely hangs when a connection is lost in a stream.
    dialect: new PostgresDialect({ pool: facade }),
    log,
  })
  return {
    db,
    pool,
    run: (tenant, _via, body) => naiveScopes.run(tenant, () => body(db)),
    runGlobal: (body) => naiveScopes.run('', body),
  }
}
