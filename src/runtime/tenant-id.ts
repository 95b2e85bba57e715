import type { TenantType } from '../config/tenant-setting.ts'
import { tenantInvalid } from '../errors/application.ts'

/** As the application knows its tenants. */
export type TenantId = string | number | bigint

const MAX_BYTES = 1024
const INTEGER = /^(?:0|-?[1-9][0-9]*)$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const LONE_SURROGATE = /\p{Surrogate}/u
const RANGES = {
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
} as const

/**
 * The one spelling of a tenant: what is not carried exactly is refused, because PostgreSQL reads
 * `' 7'` and `'+7'` as the tenant 7 too.
 *
 * @throws `TENANT.INVALID`
 */
export function canonicalTenant(value: unknown, type: TenantType | undefined): string {
  if (typeof value === 'string') return canonicalText(value, type)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return canonicalNumber(value, type)
  if (typeof value === 'bigint') return canonicalNumber(value, type)
  if (typeof value === 'number') throw tenantInvalid(`${value} is no safe integer`)
  throw tenantInvalid(`expected a string, an integer or a bigint, got ${nameOf(value)}`)
}

function canonicalNumber(value: number | bigint, type: TenantType | undefined): string {
  if (type === 'uuid' || type === 'text' || type === 'varchar') {
    throw tenantInvalid(`the tenant type is ${type}, got a ${typeof value}`)
  }
  return inRange(BigInt(value), type)
}

function canonicalText(value: string, type: TenantType | undefined): string {
  const problem = problemOf(value, type)
  if (problem !== undefined) {
    const start = value.length > 60 ? `${value.slice(0, 60)}…` : value
    throw tenantInvalid(value.trim() === '' ? problem : `${JSON.stringify(start)} ${problem}`)
  }
  if (type === 'uuid') return value.toLowerCase()
  if (type === 'integer' || type === 'bigint') return inRange(BigInt(value), type)
  return value
}

function problemOf(value: string, type: TenantType | undefined): string | undefined {
  const trimmed = value.trim()
  if (trimmed === '') return 'it is empty'
  if (trimmed !== value) return 'has white space around it'
  if (value.includes('\0')) return 'holds a NUL character'
  if (LONE_SURROGATE.test(value)) return 'is not well-formed Unicode'
  if (Buffer.byteLength(value) > MAX_BYTES) return `is longer than ${MAX_BYTES} bytes`
  if (type === 'uuid' && !UUID.test(value)) return 'is no uuid'
  const isNumber = type === 'integer' || type === 'bigint'
  return isNumber && !INTEGER.test(value) ? `is no ${type}` : undefined
}

function inRange(value: bigint, type: TenantType | undefined): string {
  const [min, max] = RANGES[type === 'integer' ? 'integer' : 'bigint']
  if (value < min || value > max) throw tenantInvalid(`${value} does not fit ${type ?? 'bigint'}`)
  return String(value)
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'undefined' ? 'undefined' : `a value of type ${typeof value}`
}
