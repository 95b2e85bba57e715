import { KEYS, NO_NAME, NO_TABLES } from './message-parts.ts'
import type { WrongConfig } from './wrong-config.ts'

export const WRONG_TABLES: readonly WrongConfig[] = [
  { title: 'an empty record of tables', input: { tables: {} }, problems: [NO_TABLES] },
  { title: 'an empty list of tables', input: { tables: [] }, problems: [NO_TABLES] },
  {
    title: 'a force that is neither true nor false',
    input: { tables: { projects: { force: 'no' } }, force: 1 },
    problems: [
      'force: expected true or false, got 1',
      "tables.projects.force: expected true or false, got 'no'",
    ],
  },
  {
    title: 'a misspelt key, and therefore no tables',
    input: { tabels: { projects: {} } },
    problems: [`tabels: unknown key; did you mean tables? config takes ${KEYS}`, NO_TABLES],
  },
  {
    title: 'tables that are null',
    input: { tables: null },
    problems: ['tables: expected a list of names or an object such as { projects: {} }, got null'],
  },
  {
    title: 'one table without a list',
    input: { tables: 'projects' },
    problems: [
      "tables: expected a list of names or an object such as { projects: {} }, got 'projects'",
    ],
  },
  {
    title: 'a Map of tables',
    input: { tables: new Map([['projects', {}]]) },
    problems: ['tables: expected a list of names or an object such as { projects: {} }, got a Map'],
  },
  {
    title: 'a name of three parts',
    input: { tables: { projects: {}, 'a.b.c': {} } },
    problems: [`tables.a.b.c: expected ${NO_NAME}, got 'a.b.c'`],
  },
  {
    title: 'an empty name',
    input: { tables: { projects: {}, '': {} } },
    problems: [`tables.: expected ${NO_NAME}, got ''`],
  },
  {
    title: 'a name of spaces',
    input: { tables: { projects: {}, ' ': {} } },
    problems: [`tables. : expected ${NO_NAME}, got ' '`],
  },
  {
    title: 'a NUL byte in the name of a table',
    input: { tables: { 'projects\0': {} } },
    problems: [`tables.projects\0: expected ${NO_NAME}, got 'projects\0'`],
  },
  {
    title: 'an object in a list of names',
    input: { tables: ['projects', { tasks: {} }] },
    problems: ['tables[1]: expected a non-empty string, got {"tasks":{}}'],
  },
  {
    title: 'an empty entry in a list of names',
    input: { tables: ['projects', undefined] },
    problems: ['tables[1]: expected a non-empty string, got null'],
  },
  {
    title: 'a table that is null',
    input: { tables: { projects: null } },
    problems: ['tables.projects: expected an object, got null'],
  },
  {
    title: 'a table that is true',
    input: { tables: { projects: true } },
    problems: ['tables.projects: expected an object, got true'],
  },
  {
    title: 'a misspelt option of a table',
    input: { tables: { projects: { colum: 'org_id' } } },
    problems: [
      'tables.projects.colum: unknown key; did you mean column? tables.projects takes column, shared, access, backfill, globalKeys, force',
    ],
  },
  {
    title: 'a column that is a number',
    input: { tables: { projects: { column: 5 } } },
    problems: ['tables.projects.column: expected a non-empty string, got 5'],
  },
  {
    title: 'a switch that is a word',
    input: { tables: { projects: { shared: 'yes' } } },
    problems: ["tables.projects.shared: expected true or false, got 'yes'"],
  },
  {
    title: 'an access that does not exist',
    input: { tables: { projects: { access: 'none' } } },
    problems: ["tables.projects.access: expected one of full, boundary, got 'none'"],
  },
  {
    title: 'one global key without a list',
    input: { tables: { users: { globalKeys: 'users_email_key' } } },
    problems: [
      "tables.users.globalKeys: expected a list, got 'users_email_key'; write ['users_email_key']",
    ],
  },
  {
    title: 'two sources of a backfill',
    input: { tables: { projects: { backfill: { parent: 'a', tenant: 'b' } } } },
    problems: ["tables.projects.backfill: write either { parent: 'table' } or { tenant: 'id' }"],
  },
  {
    title: 'a backfill without a source',
    input: { tables: { projects: { backfill: {} } } },
    problems: ["tables.projects.backfill: write either { parent: 'table' } or { tenant: 'id' }"],
  },
  {
    title: 'a backfill from a table with a name of three parts',
    input: { tables: { projects: { backfill: { parent: 'a.b.c' } } } },
    problems: [`tables.projects.backfill.parent: expected ${NO_NAME}, got 'a.b.c'`],
  },
  {
    title: 'a backfill with a tenant that is a number',
    input: { tables: { projects: { backfill: { tenant: 7 } } } },
    problems: ['tables.projects.backfill.tenant: expected a non-empty string, got 7'],
  },
]
