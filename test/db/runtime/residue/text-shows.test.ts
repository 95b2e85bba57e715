import { expect } from 'chai'
import { sql } from 'kysely'
import { backendOf } from '../../../support/fault-bench.ts'
import { describeResidue } from '../../../support/residue-bench.ts'

/** No proof asks for these; the texts show them. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'SET in a DO block': [`do $$ begin set app.mine = 'a'; end $$`],
  'EXECUTE in a DO block': [`do $$ begin execute 'set app.mine = ' || quote_literal('a'); end $$`],
  'LISTEN in a DO block': [`do $$ begin listen mine; end $$`],
  'PREPARE in a DO block': [`do $$ begin execute 'prepare mine as select 1'; end $$`],
  'work_mem in a DO block': [`do $$ begin set work_mem = '9MB'; end $$`],
  'a DO block that fails when it has committed': [
    `do $$ begin set app.mine = 'a'; commit; raise 'no'; end $$`,
  ],
  'a prepared set_config': [
    `prepare mine as select set_config('app.mine', 'a', false)`,
    'execute mine',
  ],
  'an update of pg_settings': [`update pg_settings set setting = '9216' where name = 'work_mem'`],
  'a name in code points': [`select U&"set\\005fconfig"('app.mine', 'a', false)`],
  'a function that runs a text': [
    `select query_to_xml('select set_config(''app.mine'', ''a'', false)', true, false, '')`,
  ],
}

describeResidue('residue that a text shows, if not at first sight', (bench) => {
  for (const [what, texts] of Object.entries(TEXTS)) {
    it(`is gone for the next tenant: ${what}`, async () => {
      await bench.inB(backendOf)
      await bench.inA((db) =>
        db.connection().execute(async (own) => {
          // One fails on purpose, or is refused before it begins.
          for (const text of texts)
            await sql
              .raw(text)
              .execute(own)
              .catch(() => undefined)
        }),
      )
      const { rows } = await bench.inB((db) =>
        sql`select nullif(current_setting('app.mine', true), '') as mine,
          current_setting('work_mem') as work_mem,
          (select count(*)::int from pg_listening_channels()) as listening,
          (select count(*)::int from pg_prepared_statements where from_sql) as prepared`.execute(
          db,
        ),
      )
      const clean = { mine: null, work_mem: '4MB', listening: 0, prepared: 0 }
      expect(rows).to.deep.equal([clean])
    })
  }
})
