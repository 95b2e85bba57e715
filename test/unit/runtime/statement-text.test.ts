import { expect } from 'chai'
import {
  copiesIn,
  isChained,
  type StatementKind,
  setsOneOf,
  statementKind,
} from '../../../src/runtime/statement-text.ts'

const KINDS: Readonly<Record<StatementKind, readonly string[]>> = {
  begin: [
    'begin',
    'BEGIN',
    'Begin;',
    'begin work',
    'begin transaction isolation level serializable',
    'start transaction',
    'START TRANSACTION READ ONLY',
    '  begin',
    '\n\tbegin',
    '-- x\nbegin',
    '/* x */ begin',
    '/* /* x */ y */ begin',
    '/* x */ -- y\n /* z */start transaction isolation level repeatable read',
  ],
  commit: [
    'commit',
    'COMMIT',
    'commit;',
    'commit work',
    'commit and chain',
    'end',
    'END',
    'end;',
    'end transaction',
    '/* x */ commit',
    '/* /* */ */ commit /* and */ and no chain',
    "prepare /* x */ transaction 'x'",
    '-- begin\ncommit',
    "prepare transaction 'x'",
    "PREPARE  TRANSACTION 'x'",
  ],
  rollback: [
    'rollback',
    'ROLLBACK',
    'rollback;',
    'rollback work',
    'rollback transaction',
    'abort',
    'ABORT',
    'abort work',
    'rollback and chain',
    '-- to\nrollback',
    '/* to savepoint */ rollback',
    'rollback /* to savepoint */ work',
  ],
  transaction: [
    'savepoint x',
    'SAVEPOINT "x"',
    'release x',
    'release savepoint x',
    'rollback to x',
    "commit prepared 'x'",
    "rollback prepared 'x'",
    "ROLLBACK  PREPARED 'x'",
    'rollback to savepoint x',
    'ROLLBACK TO "x"',
    'rollback work to savepoint x',
    'rollback /* x */ to savepoint x',
    'rollback --\nwork\n/* x */ to x',
    "rollback /* x */ prepared 'x'",
    'set /* x */ transaction read only',
    'rollback transaction to x',
    '-- x\nrollback  to\tsavepoint x',
    'set transaction read only',
    'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    'set local transaction read only',
    'set session characteristics as transaction read only',
    '/* x */ set transaction read only',
  ],
  statement: [
    'select 1',
    'SELECT 1',
    // A comment may hold others, and one of a line ends at a carriage return too.
    '/* /* x */ begin */ insert into t values (1)',
    '/*/* x */ commit */select 1',
    "--\rinsert into t select 'x' --\nbegin",
    '/* begin',
    'insert into t values (1)',
    'update t set a = 1',
    'delete from t',
    'with x as (delete from t returning *) select * from x',
    'WITH x AS (SELECT 1) TABLE x',
    'table t',
    'values (1)',
    'merge into t using s on true when matched then do nothing',
    'set x = 1',
    'set local app.x to 1',
    'set session x = 1',
    'reset all',
    'prepare x as select 1',
    'prepare transactions as select 1',
    'beginning',
    'starts',
    'ending',
    'committed',
    'aborted',
    'explain select 1',
    'call p()',
    'lock table t',
    'copy t from stdin',
    'do $$ begin end $$',
    'declare c cursor for select 1',
    '(select 1) union select 2',
    'listen x',
    'set constraints all deferred',
    '/* begin */ select 1',
    '-- commit\nselect 1',
    'select 1 -- rollback',
    '',
    ' ',
    '-- only',
    ';',
    'set transaction_timeout = 0',
    'set session authorization x',
    'set session x = 1',
  ],
}

describe('statementKind', () => {
  for (const [kind, texts] of Object.entries(KINDS)) {
    for (const text of texts) {
      it(`is ${kind} of ${JSON.stringify(text)}`, () => {
        expect(statementKind(text)).to.equal(kind)
      })
    }
  }

  it('reads a text that begins with 1 MB of comment or white space in at most 200 ms of CPU', () => {
    const started = process.cpuUsage()
    expect(statementKind(`/*${'*'.repeat(2 ** 20)}*/ begin`)).to.equal('begin')
    expect(statementKind(`${' '.repeat(2 ** 20)}begin`)).to.equal('begin')
    expect(statementKind(`${'--\n'.repeat(2 ** 18)}begin`)).to.equal('begin')
    expect(statementKind('/*'.repeat(2 ** 19))).to.equal('statement')
    expect(process.cpuUsage(started).user / 1000).to.be.below(200)
  })
})

describe('setsOneOf', () => {
  const settings = ['app.tenant_id', 'App.User']

  it('is true of a text that sets or resets one of the settings', () => {
    for (const text of [
      'set app.tenant_id = 1',
      'SET LOCAL "app"."tenant_id" TO x',
      "select set_config('APP.tenant_id', 'x', true)",
      'reset app.user',
    ]) {
      expect(setsOneOf(settings, text), text).to.equal(true)
    }
  })

  it('is false of what reads them or sets others', () => {
    for (const text of [
      "select current_setting('app.tenant_id')",
      'set local lock_timeout = 1',
      "select set_config('app.other', 'x', true)",
    ]) {
      expect(setsOneOf(settings, text), text).to.equal(false)
    }
  })
})

describe('isChained', () => {
  it('is told from the words, and not from comments', () => {
    for (const text of ['commit and chain', 'ROLLBACK AND /* x */ CHAIN;', 'end work and\nchain']) {
      expect(isChained(text), text).to.equal(true)
    }
    for (const text of ['commit', 'commit and no chain', 'commit /* and chain */']) {
      expect(isChained(text), text).to.equal(false)
    }
  })
})

describe('copiesIn', () => {
  it('sees a comment in the middle', () => {
    for (const text of ['copy t from stdin', '/* x */ copy t from /* y */ --\n stdin csv']) {
      expect(copiesIn(text), text).to.equal(true)
    }
    expect(copiesIn('copy t to stdout')).to.equal(false)
  })
})
