import type { RelationState } from '../catalog/relation-state.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'

/** Columns of people and of logins, as `normalizedName` writes them. */
const PERSONAL = new Set([
  'apikey',
  'birthdate',
  'dateofbirth',
  'email',
  'emailaddress',
  'firstname',
  'fullname',
  'iban',
  'lastname',
  'mobile',
  'passwd',
  'password',
  'passwordhash',
  'phone',
  'phonenumber',
  'secret',
  'ssn',
  'token',
  'username',
])

/** Columns that hold whatever a tenant sent, as `normalizedName` writes them. */
const PAYLOAD = new Set([
  'args',
  'arguments',
  'ipaddress',
  'jobdata',
  'payload',
  'request',
  'requestbody',
  'response',
  'sess',
  'sessiondata',
  'useragent',
])

/** Tables of people, who may belong to several tenants. */
const PEOPLE = new Set([
  'accounts',
  'admins',
  'contacts',
  'customers',
  'employees',
  'identities',
  'logins',
  'members',
  'people',
  'persons',
  'profiles',
  'staff',
  'users',
])

/** Finds the reason why the names of a table and its columns suggest data of people. */
export function personalData({ name, columns }: RelationState): string | undefined {
  const column = columns.find(({ name }) => PERSONAL.has(normalizedName(name)))
  if (column) return `${column.name} looks like data of a person or a login`
  return PEOPLE.has(normalizedName(name)) ? 'a person may belong to several tenants' : undefined
}

/** The work of a queue, a request, a session: it may be about a tenant, and no column says which. */
export function payload({ columns }: RelationState): string | undefined {
  const column = columns.find(({ name }) => PAYLOAD.has(normalizedName(name)))
  return column && `${column.name} may hold data of a tenant`
}
