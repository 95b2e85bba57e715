import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const COMPILERS = {
  '7': fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url)),
  '5.9': fileURLToPath(
    new URL('./typescript-5.9/node_modules/typescript/bin/tsc', import.meta.url),
  ),
}

interface SetUp {
  readonly compiler: keyof typeof COMPILERS
  readonly type: 'module' | 'commonjs'
  readonly options: Readonly<Record<string, string | boolean>>
  /** The alias under which this repository has it. @default the Kysely of the project */
  readonly kysely?: string
}

// TypeScript 7 has no `node10` any more; `check:types` checks the declarations with 5.9.
const SETUPS: Readonly<Record<string, SetUp>> = {
  nodenext: { compiler: '7', type: 'module', options: { module: 'nodenext' } },
  bundler: {
    compiler: '7',
    type: 'module',
    options: { module: 'esnext', moduleResolution: 'bundler' },
  },
  commonjs: { compiler: '7', type: 'commonjs', options: { module: 'nodenext' } },
  // Node 20 gets this Kysely, whose declarations are of two kinds.
  'commonjs with Kysely 0.28': {
    compiler: '7',
    type: 'commonjs',
    options: { module: 'nodenext' },
    kysely: 'kysely-0.28',
  },
  'nodenext with Kysely 0.28': {
    compiler: '7',
    type: 'module',
    options: { module: 'nodenext' },
    kysely: 'kysely-0.28',
  },
  node10: {
    compiler: '5.9',
    type: 'commonjs',
    options: { module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true },
  },
}

/** The sources are in `src` and are built: the config is among them. */
const FILES: Readonly<Record<string, string>> = {
  'src/tenants.ts': `
import { defineConfig } from 'kysely-tenants/config'
export default defineConfig({
  tenant: { type: 'uuid' },
  roles: { app: 'app_user', admin: 'app_admin' },
  tables: { projects: {}, 'billing.invoices': { column: 'org_id' }, templates: { shared: true } },
  global: ['countries'],
})`,
  // As kysely-codegen writes it.
  'src/codegen.ts': `
import type { ColumnType } from 'kysely'
export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>
export type Timestamp = ColumnType<Date, Date | string, Date | string>
export interface Projects {
  created_at: Generated<Timestamp>
  id: Generated<string>
  tenant_id: string
  title: string | null
}
export interface BillingInvoices { amount: number; id: Generated<string>; org_id: string }
export interface DB { 'billing.invoices': BillingInvoices; projects: Projects }`,
  // As prisma-kysely writes it.
  'src/prisma.ts': `
import type { ColumnType } from 'kysely'
export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>
export const Role = { ADMIN: 'ADMIN', MEMBER: 'MEMBER' } as const
export type Role = (typeof Role)[keyof typeof Role]
export type Project = { id: Generated<string>; tenant_id: string; title: string | null; role: Role }
export type DB = { projects: Project }`,
  'src/app.ts': `
import { Kysely } from 'kysely'
import { createTenancy, TenantDialect, TenantPlugin, type WithTenant } from 'kysely-tenants'
import { Pool } from 'pg'
import type { DB as Codegen } from './codegen.js'
import type { DB as Prisma } from './prisma.js'
import config from './tenants.js'

export const tenancy = createTenancy(config)
const dialect = () => new TenantDialect({
  tenancy,
  pool: new Pool({ connectionString: process.env.APP_DATABASE_URL }),
  adminPool: new Pool({ connectionString: process.env.ADMIN_DATABASE_URL }),
})
const plugins = [new TenantPlugin({ tenancy })]
export const codegen = new Kysely<WithTenant<Codegen, typeof config>>({ dialect: dialect(), plugins })
export const prisma = new Kysely<WithTenant<Prisma, typeof config>>({ dialect: dialect(), plugins })

export async function add(): Promise<Date | undefined> {
  await codegen.insertInto('billing.invoices').values({ amount: 1 }).execute()
  await prisma.insertInto('projects').values({ title: 'Apollo', role: 'ADMIN' }).execute()
  // @ts-expect-error
  await codegen.insertInto('projects').values({ title: 'Apollo', tenant_id: 'x' }).execute()
  // @ts-expect-error
  await prisma.insertInto('projects').values({ title: 'Apollo', role: 'ADMIN', tenant_id: 'x' }).execute()
  const [project] = await codegen.selectFrom('projects').selectAll().execute()
  return project?.created_at
}`,
}

/** Compiles an application in each set-up, with the declarations of its packages; returns the errors. */
export async function compileSetups(project: string): Promise<Record<string, string>> {
  const compiled = Object.entries(SETUPS).map(async ([name, setup]) => {
    const folder = join(project, `setup-${name}`)
    mkdirSync(join(folder, 'src'), { recursive: true })
    for (const [path, text] of Object.entries(FILES)) writeFileSync(join(folder, path), text)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: setup.type }))
    if (setup.kysely !== undefined) installBeside(project, folder, setup.kysely)
    const compilerOptions = { ...COMMON, ...setup.options }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    const compiling = run('node', [COMPILERS[setup.compiler], '-p', folder])
    const { stdout } = await compiling.catch((error: { stdout: string }) => error)
    return [name, stdout] as const
  })
  return Object.fromEntries(await Promise.all(compiled))
}

/** A copy of the package, which finds this Kysely before the one of the project. */
function installBeside(project: string, folder: string, kysely: string): void {
  const modules = join(folder, 'node_modules')
  const [ours, theirs] = ['node_modules/kysely-tenants', join(modules, 'kysely')] as const
  cpSync(join(project, ours), join(folder, ours), { recursive: true })
  symlinkSync(fileURLToPath(new URL(`../../node_modules/${kysely}`, import.meta.url)), theirs)
}

const COMMON = {
  strict: true,
  skipLibCheck: false,
  esModuleInterop: true,
  target: 'es2022',
  lib: ['es2023'],
  types: ['node'],
  rootDir: 'src',
  outDir: 'dist',
  declaration: true,
}
