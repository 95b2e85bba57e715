import { expect } from 'chai'
import { sql } from 'kysely'
import { backendOf } from '../../../support/fault-bench.ts'
import { withClient } from '../../../support/postgres.ts'
import { casesFor, describeResidue, look } from '../../../support/residue-bench.ts'

/** Objects that run `leave` when they are used: no text of the application names it. */
const ROADS = `
  create function leave_deep(kind text) returns text language plpgsql as
    $$ begin return leave(kind); end $$;
  create function leave_by_name(kind text) returns text language plpgsql as
    $$ declare left_by text; begin execute format('select leave_deep(%L)', kind) into left_by; return left_by; end $$;
  create procedure leave_and_commit(kind text) language plpgsql as
    $$ begin perform leave(kind); commit; end $$;
  create procedure leave_and_fail(kind text) language plpgsql as
    $$ begin perform leave(kind); commit; raise exception 'changed its mind'; end $$;
  create function leave_for_ever(kind text) returns text language plpgsql immutable as
    $$ begin return leave(kind); end $$;

  create table triggering (kind text);
  create function leave_by_trigger() returns trigger language plpgsql as
    $$ begin perform leave(new.kind); return new; end $$;
  create trigger leaves before insert on triggering for each row execute function leave_by_trigger();

  create table ruled (kind text);
  create rule leaves as on insert to ruled do also select leave(new.kind);

  create view viewed as select leave('search_path') as kind;
  create domain checked as text check (leave_for_ever(value) is not null);
  create table defaulted (id int, kind text default leave('role'));
  create table generated (kind text, copy text generated always as (leave_for_ever(kind)) stored);
  create table guarded (kind text);
  insert into guarded values ('row');
  create policy leaves on guarded using (leave('statement_timeout') is not null);
  alter table guarded enable row level security;
  create table collected (kind text);
  create function leave_at_end() returns trigger language plpgsql as
    $$ begin perform leave('role'); return null; end $$;
  create constraint trigger leaves after insert on collected deferrable initially deferred
    for each row execute function leave_at_end();
  grant all on all tables in schema public to APP;`

const TEXTS: Readonly<Record<string, string>> = {
  'a nested function': `select leave_deep('temporary table')`,
  'EXECUTE in a function': `select leave_by_name('role')`,
  'a DO block': `do 'begin perform leave(''cursor with hold''); end'`,
  'a DO block that sets a role': `do $$ begin perform leave('role'); end $$`,
  'a procedure that commits': `call leave_and_commit('role')`,
  'a procedure that commits and fails': `call leave_and_fail('search_path')`,
  'a trigger': `insert into triggering values ('temporary table')`,
  'a trigger at the end of the transaction': `insert into collected values ('')`,
  'a rule': `insert into ruled values ('role')`,
  'a view': `select * from viewed`,
  'a check of a domain': `select 'role'::checked`,
  'a column default': `insert into defaulted (id) values (1)`,
  'a generated column': `insert into generated values ('search_path')`,
  'a policy': `select * from guarded`,
  'an update of pg_settings': `update pg_settings set setting = 'off' where name = 'row_security'`,
  'a comment in the middle': `create /* not */ temp table leftovers as select * from projects`,
  'line breaks in the middle': `create\n--\n\ttemporary table leftovers as select * from projects`,
  'an INTO far behind': `select title\n/* x */ into /* y */ temporary leftovers from projects`,
  'a setting with a comment in the middle': `set /* local */ search_path = attic`,
  'set_config with a value that is no literal': `select set_config('search_path', 'attic', 1 = 2)`,
  'a name that is quoted and split': `select "pg_catalog" . "set_config"('search_path', 'attic', false)`,
  'a copy of a query': `copy (select leave('role')) to stdout`,
  'an explained statement': `explain analyze select leave('role')`,
  'a prepared statement': `prepare later as select leave('role')`,
  'a table that is named after the schema': `create table pg_temp.leftovers as select * from projects`,
}

// Those that commit, fail or run at the end of a transaction: where a strategy takes another way.
const FEW = [
  'a DO block',
  'a procedure that commits',
  'a procedure that commits and fails',
  'a trigger at the end of the transaction',
  'an update of pg_settings',
]

describeResidue('residue by roads that no text shows', (bench) => {
  before(async () => {
    const app = `${bench.world.name}_app`
    await withClient(bench.world.url, async (admin) => {
      const { rowCount } = await admin.query(`select from pg_class where relname = 'triggering'`)
      if (rowCount === 0) await admin.query(ROADS.replaceAll('APP', app))
    })
  })

  for (const road of casesFor(bench.strategy, { all: Object.keys(TEXTS), few: FEW })) {
    it(`is gone for the next tenant: ${road}`, async () => {
      await bench.inB(backendOf)
      // A procedure that commits may be refused, and one fails on purpose.
      await bench.inA((db) => sql.raw(TEXTS[road] ?? '').execute(db)).catch(() => undefined)
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
    })
  }
})
