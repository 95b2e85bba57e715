import { expect } from 'chai'
import type { TextEffect } from '../../../../src/runtime/residue/text-effect.ts'
import { effectOf, effectOfFailed } from '../../../../src/runtime/residue/text-effects.ts'

type Expected = TextEffect['kind'] | `${TextEffect['kind']} ${string}` | 'none'

/** Texts with the tag of the server, by what they do to their session. */
const EFFECTS = {
  'clean-up': [
    ['set role app', 'SET'],
    ['SET SESSION search_path TO attic', 'SET'],
    ['set /* local */ statement_timeout = 0', 'SET'],
    ['set session authorization app', 'SET'],
    ['set session characteristics as transaction read only', 'SET'],
    ['set time zone utc', 'SET'],
    ['set timezone to utc', 'SET'],
    ["set names 'latin1'", 'SET'],
    ["set schema 'attic'", 'SET'],
    ['set transaction_timeout = 0', 'SET'],
    ['reset role', 'RESET'],
    ['reset session authorization', 'RESET'],
    ['reset time zone', 'RESET'],
    ['declare c cursor with hold for select 1', 'DECLARE'],
    ['declare c insensitive scroll cursor /* x */ with hold for select 1', 'DECLARE'],
    ['do $$ begin set role app; end $$', 'DO'],
    ["do $$ begin if true then set lock_timeout = '1s'; end if; end $$", 'DO'],
    ["do $$ begin execute 'set role ' || name; end $$", 'DO'],
    ["do $$ begin execute format('set search_path = %I', name); end $$", 'DO'],
  ],
  temporary: [
    ['create temp table t (id int)', 'CREATE TABLE'],
    ['create temporary table t (id int)', 'CREATE TABLE'],
    ['CREATE LOCAL TEMP TABLE t (id int)', 'CREATE TABLE'],
    ['create global temporary table t (id int)', 'CREATE TABLE'],
    ['create temp table t as select 1', 'SELECT'],
    ['create temp view v as select 1', 'CREATE VIEW'],
    ['create temp sequence s', 'CREATE SEQUENCE'],
    ['create or replace temp view v as select 1', 'CREATE VIEW'],
    ['create /* not */ temp table t (id int)', 'CREATE TABLE'],
    ['create\n--\n\ttemp table t (id int) on commit preserve rows', 'CREATE TABLE'],
    ['create temp table t (id int) on commit delete rows', 'CREATE TABLE'],
    ["create temp table t as select 'on commit drop' as x", 'SELECT'],
    ['create table pg_temp.t (id int)', 'CREATE TABLE'],
    ['create function "pg_temp".f() returns int language sql as $$select 1$$', 'CREATE FUNCTION'],
    ['select 1 into temp t', 'SELECT'],
    ['select id into local temporary table t from projects', 'SELECT'],
    ['do $$ begin create temp table t (id int); end $$', 'DO'],
  ],
  'temporary until commit': [
    ['create temp table t (id int) on commit drop', 'CREATE TABLE'],
    ['CREATE TEMPORARY TABLE t ON COMMIT DROP AS SELECT 1', 'SELECT'],
    ['create temp table t (id int) on /* x */ commit\ndrop', 'CREATE TABLE'],
  ],
  setting: [
    ['set work_mem = 1', 'SET'],
    ["/* set local */ set session work_mem to '1MB'", 'SET'],
    ['RESET work_mem;', 'RESET'],
  ],
  lasting: [
    ['set "work_mem" = 1', 'SET'],
    ['set U&"app\\002etenant_id" = 1', 'SET'],
    ['set app . tenant_id = 1', 'SET'],
    ['set x.y = 1', 'SET'],
    ['SET SESSION x.y = 1', 'SET'],
    ['/* set local */ set x.y = 1', 'SET'],
    ['set localised.x = 1', 'SET'],
    ['set "role" = app', 'SET'],
    ['reset x.y', 'RESET'],
    ['reset all', 'RESET'],
    ['discard all', 'DISCARD'],
    ["load 'auto_explain'", 'LOAD'],
    ["select set_config('x.y', '1', false)", 'SELECT'],
    ["SELECT pg_catalog.SET_CONFIG('x.y', '1', false)", 'SELECT'],
    [`select "pg_catalog" . "set_config"('x.y', '1', false)`, 'SELECT'],
    ["with x as (select set_config('x.y', '1', false)) select 1", 'SELECT'],
    ["insert into t select set_config('x.y', '1', false)", 'INSERT'],
    ["select set_config('x.y', '1', true), set_config('x.y', '1', false)", 'SELECT'],
    ["select set_config('x.y', '1', $1)", 'SELECT'],
    ["select set_config('x.y', f(1, true), false)", 'SELECT'],
    ["select set_config('x.y', '1', true and false)", 'SELECT'],
    ["do $$ begin perform set_config('x.y', '1', false); end $$", 'DO'],
    [`set role app /* ${'x'.repeat(70_000)} */`, 'SET'],
    ["do $$ begin set app.mine = 'x'; end $$", 'DO'],
    ["do $$ begin execute 'set app.mine = 1'; end $$", 'DO'],
    ['do $$ begin execute $x$set work_mem = 1$x$; end $$', 'DO'],
    ["do 'begin listen news; end'", 'DO'],
    ["do $$ begin execute 'prepare p as select 1'; end $$", 'DO'],
    ["do $$ begin execute 'set ' || name || ' = 1'; end $$", 'DO'],
    ["prepare p as select set_config('x.y', '1', false)", 'PREPARE'],
    ["update pg_settings set setting = '1' where name = 'work_mem'", 'UPDATE'],
    [
      'with x as (update only pg_catalog."pg_settings" s set setting = 1 returning 1) table x',
      'SELECT',
    ],
    ["do $$ begin update pg_settings set setting = '1'; end $$", 'DO'],
    [`select U&"set\\005fconfig"('x.y', '1', false)`, 'SELECT'],
    ["select query_to_xml('select set_config(''x.y'', ''1'', false)', true, false, '')", 'SELECT'],
    ["select * from ts_stat($$select set_config('x.y', '1', false)$$)", 'SELECT'],
  ],
  'prepare p': [['prepare p as select 1', 'PREPARE']],
  'prepare P q': [['PREPARE "P q" (int) as select $1', 'PREPARE']],
  'listen news': [['LISTEN News', 'LISTEN']],
  'deallocate p': [
    ['deallocate p', 'DEALLOCATE'],
    ['deallocate prepare P', 'DEALLOCATE'],
  ],
  deallocate: [
    ['deallocate all', 'DEALLOCATE'],
    ['deallocate prepare all', 'DEALLOCATE'],
  ],
  'unlisten news': [['unlisten news', 'UNLISTEN']],
  unlisten: [['unlisten *', 'UNLISTEN']],
  none: [
    ['select 1', 'SELECT'],
    ["do $$ begin update projects set title = 'set'; perform 1; end $$", 'DO'],
    ["do $$ begin set local app.mine = 'x'; raise notice 'set app.mine'; end $$", 'DO'],
    ["do $$ begin execute 'update projects set title = 1'; end $$", 'DO'],
    ["select setting from pg_settings where name = 'work_mem' for update", 'SELECT'],
    ['select U&"title" from projects', 'SELECT'],
    ["select query_to_xml('select 1', true, false, '')", 'SELECT'],
    ['select * from offset_configs', 'SELECT'],
    ["select 'set_config(1, 2, false)' -- set_config('x.y', '1', false)", 'SELECT'],
    ["/* set_config('x.y', '1', false) */ select $$set_config('x.y', '1', false)$$", 'SELECT'],
    ['select "set_config" from create_temp_tables', 'SELECT'],
    ["select set_config('x.y', '1', true)", 'SELECT'],
    ['select pg_catalog.set_config($1,$2,true),pg_catalog.set_config($3,$4, TRUE )', 'SELECT'],
    ["select set_config('x.y', f(1, ','), /* not false */ true)", 'SELECT'],
    ['set local x.y = 1', 'SET'],
    ['SET  LOCAL x.y = 1', 'SET'],
    ['-- x\nset\nlocal x.y = 1', 'SET'],
    ['set transaction read only', 'SET'],
    ['set constraints all deferred', 'SET CONSTRAINTS'],
    ['insert into t values (1)', 'INSERT'],
    ["insert into t values ('create temp table t (id int)')", 'INSERT'],
    ['create table temp (id int)', 'CREATE TABLE'],
    ['insert into temp values (1)', 'INSERT'],
    ['merge into temp using t on true when matched then delete', 'MERGE'],
    ['create table temporary_files (id int)', 'CREATE TABLE'],
    ["prepare transaction 'x'", 'PREPARE'],
    ['declare c cursor for select 1', 'DECLARE'],
    ['declare c cursor without hold for select 1', 'DECLARE'],
    ['declare c cursor for with hold as (select 1) select * from hold', 'DECLARE'],
    ['discard temp', 'DISCARD'],
    ['discard plans', 'DISCARD'],
    ['notify news', 'NOTIFY'],
    ['begin', 'BEGIN'],
    ['rollback', 'ROLLBACK'],
  ],
} satisfies Partial<Record<Expected, readonly (readonly [string, string])[]>>

describe('effectOf', () => {
  for (const [expected, cases] of Object.entries(EFFECTS)) {
    for (const [text = '', command] of cases) {
      it(`is ${expected} of ${JSON.stringify(text.slice(0, 100))}`, () => {
        const { kind = 'none', name } = effectOf(text, command) ?? {}
        expect(name === undefined ? kind : `${kind} ${name}`).to.equal(expected)
      })
    }
  }
})

describe('effectOfFailed', () => {
  it('is that of commands that may have committed before they failed', () => {
    const effects = [
      "do $$ begin set app.mine = 'x'; commit; raise 'no'; end $$",
      "call fail(set_config('x.y', '1', false))",
      "select set_config('x.y', '1', false), 1/0",
    ].map((text) => effectOfFailed(text)?.kind)
    expect(effects).to.deep.equal(['lasting', 'lasting', undefined])
  })
})
