import { PGlite } from '@electric-sql/pglite'
import type { Dialect } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'
import type { Guard } from '../../src/index.ts'
import { type TenantWorld, worldSql } from './tenants.ts'

/** An application over a dialect that is not one of pg, and its connections without the tenancy. */
export interface ForeignDialect {
  readonly dialect: Dialect
  readonly adminDialect?: Dialect
  readonly guard?: Guard
  /** On a connection of the application, past the tenancy. */
  query(text: string): Promise<Record<string, unknown>[]>
  end(): Promise<void>
}

// Part of Kysely since 0.29.
const { PGliteDialect } = await import('kysely')

type Open = (world: TenantWorld) => Promise<ForeignDialect>

/** By name, those that the loaded Kysely has. */
export const FOREIGN_DIALECTS: Readonly<Record<string, Open>> = {
  'postgres.js': openPostgresJs,
  ...(PGliteDialect ? { PGlite: openPGlite } : {}),
}

async function openPostgresJs({ appUrl, adminUrl }: TenantWorld): Promise<ForeignDialect> {
  const app = postgres(appUrl, { max: 1, onnotice: () => undefined })
  const admin = postgres(adminUrl, { max: 1 })
  return {
    dialect: new PostgresJSDialect({ postgres: app }),
    adminDialect: new PostgresJSDialect({ postgres: admin }),
    query: async (text) => [...(await app.unsafe(text))],
    async end() {
      await Promise.all([app.end({ timeout: 1 }), admin.end({ timeout: 1 })])
    },
  }
}

// To begin with a copy takes a quarter of the time of a new cluster.
let cluster: Promise<File | Blob> | undefined

async function createCluster(): Promise<File | Blob> {
  const pglite = await PGlite.create()
  await pglite.exec(worldSql('app_user', 'app_admin'))
  const data = await pglite.dumpDataDir('none')
  await pglite.close()
  return data
}

async function openPGlite(): Promise<ForeignDialect> {
  cluster ??= createCluster()
  const pglite = await PGlite.create({ loadDataDir: await cluster })
  // PGlite has one session, of its superuser: the role is what row security binds.
  await pglite.exec('set role app_user')
  return {
    dialect: new PGliteDialect({ pglite }),
    guard: 'off',
    query: async (text) => (await pglite.query<Record<string, unknown>>(text)).rows,
    async end() {
      if (!pglite.closed) await pglite.close()
    },
  }
}
