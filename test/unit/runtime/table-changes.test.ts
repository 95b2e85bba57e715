import { expect } from 'chai'
import { mayChangeTables } from '../../../src/runtime/table-changes.ts'

const HARMLESS = [
  'select * from notes where id in ($1, $2)',
  'select count("id") as "n", coalesce(max(a), 0) from "notes" where (a = 1 or exists (select 1))',
  'insert into "notes" ("id", "title") values ($1, $2), ($3, $4) returning "id"',
  'insert into app."notes"("id") select id from old on conflict ("id") do nothing',
  'update "notes" set "title" = $1 where "id" = $2',
  'delete from notes where (a, b) = ($1, $2)',
  'merge into notes using (select 1 as id) as s on (s.id = notes.id) when matched then do nothing',
  'select row_number() over (partition by a order by b) from notes',
]
const CHANGING = [
  'alter table notes add more text',
  "select set_config('search_path', 'other', true)",
  'select app.widen($1)',
  'select "widen" (1)',
  'select 1 as a into temp notes',
  'select 1 as a INTO notes from other',
  'set search_path = other',
  '/* x */ select 1',
  `select ${'1, '.repeat(10_000)}1`,
]

describe('a statement of a transaction', () => {
  for (const text of HARMLESS) {
    it(`leaves the tables as they are: ${text}`, () => {
      expect(mayChangeTables(text)).to.equal(false)
    })
  }
  for (const text of CHANGING) {
    it(`may change the tables: ${text.slice(0, 60)}`, () => {
      expect(mayChangeTables(text)).to.equal(true)
    })
  }
})
