import { expect } from 'chai'
import { scanBody } from '../../../../src/catalog/reach/scan-body.ts'

const KNOWN = {
  relations: new Set(['projects', 'tasks', 'T x', 'history']),
  functions: new Set(['total', 'query_to_xml', 'pg_notify']),
}

const relationsOf = (source: string): string[] =>
  scanBody(source, KNOWN).statements.flatMap(({ relations }) =>
    relations.map(({ schema, name, verb, isInString }) =>
      [
        verb,
        ...(schema === null ? [] : [schema]),
        name,
        ...(isInString ? ['in a string'] : []),
      ].join(' '),
    ),
  )

describe('scanBody', () => {
  const CASES: Readonly<Record<string, readonly string[]>> = {
    'select * from public.projects p, tasks t': ['read public projects', 'read tasks'],
    'begin truncate public.tasks, only projects; end': [
      'truncate public tasks',
      'truncate projects',
    ],
    'begin x := (select 1 from "T x"); end': ['read T x'],
    'insert into history select * from projects': ['insert history', 'read projects'],
    'delete from only tasks using projects': ['delete tasks', 'read projects'],
    'merge into projects using tasks on true': ['update projects', 'read tasks'],
    'begin alter table if exists projects disable row level security; end': ['define projects'],
    'begin drop table tasks; grant select on projects to public; end': [
      'define tasks',
      'define projects',
    ],
    'create policy p on tasks using (true)': ['define tasks'],
    'select 1 from tasks for update': ['read tasks'],
    'insert into tasks values (1) on conflict do update set x = 2': ['insert tasks'],
    'begin return query table projects; end': ['read projects'],
    '/* from /* nested */ projects */ select 1 -- from projects': [],
    'select projects from generate_series(1, 2) tasks': [],
    "select 'from projects'": [],
    'begin lock table projects; create table if not exists tasks (); end': [],
    'create table tasks as select 1 from projects': ['insert tasks', 'read projects'],
    'select name into public.tasks from projects': ['insert public tasks', 'read projects'],
    'begin select 1 into tasks from projects; end': ['read projects'],
    "begin execute 'select * from projects'; end": ['read projects in a string'],
  }

  for (const [source, relations] of Object.entries(CASES)) {
    it(`reads ${source}`, () => {
      expect(relationsOf(source)).to.deep.equal(relations)
    })
  }

  it('keeps what a statement compares with the row of a trigger or a setting, and no constant', () => {
    const { statements } = scanBody(
      `begin
        update projects set tenant_id = new.tenant_id, name = 'secret'
          where tenant_id = old.tenant_id;
        select 1 from tasks
          where tenant_id::text = (select nullif(current_setting('App.Tenant_id', true), '')) and (a or b);
      end`,
      KNOWN,
    )
    expect(statements).to.deep.equal([
      {
        relations: [{ schema: null, name: 'projects', at: 21, verb: 'update', isInString: false }],
        calls: [],
        equals: [{ column: 'tenant_id', to: 'row', name: 'tenant_id' }],
      },
      {
        relations: [{ schema: null, name: 'tasks', at: 142, verb: 'read', isInString: false }],
        calls: [],
        equals: [{ column: 'tenant_id', to: 'setting', name: 'app.tenant_id' }],
      },
    ])
  })

  it('knows SQL that is put together, and that which only protects a table', () => {
    const dynamicAt = (source: string) => scanBody(source, KNOWN).dynamicAt
    expect(dynamicAt(`begin execute 'drop ' || x; end`)).to.equal(6)
    expect(dynamicAt('begin open c for execute q; end')).to.equal(17)
    expect(dynamicAt('create trigger t after insert on tasks execute function f()')).to.equal(null)
    expect(dynamicAt('grant execute on function f() to x')).to.equal(null)
    expect(
      dynamicAt(`begin execute format('alter table %s enable row level security, force row level
        security', t); end`),
    ).to.equal(null)
    expect(
      dynamicAt(`begin execute format('alter table %I disable row level security', t); end`),
    ).to.equal(6)
  })

  it('says which columns of the row it takes, what it sets, and whether it notifies', () => {
    const { rowColumns, sets, notifies } = scanBody(
      `begin
        set local role x;
        perform set_config('App.Tenant_id', new."Id", true);
        perform pg_notify('rows', row_to_json(old)::text);
        return new;
      end`,
      KNOWN,
    )
    expect({ rowColumns, sets, notifies }).to.deep.equal({
      rowColumns: ['*', 'Id'],
      sets: [
        { name: 'role', at: 14 },
        { name: 'app.tenant_id', at: 48 },
      ],
      notifies: ['*'],
    })
    const notified = (source: string) => scanBody(source, KNOWN).notifies
    expect(notified('begin if old is distinct from new then notify x; end if; end')).to.deep.equal(
      [],
    )
    expect(notified("begin perform pg_notify('x', new.id::text); end")).to.deep.equal(['id'])
    expect(
      notified("declare p text := to_jsonb(new); begin perform pg_notify('x', p); end"),
    ).to.deep.equal(['*'])
    expect(notified('begin return new; end')).to.equal(null)
  })

  it('takes a body of 100,000 words and one that nothing closes in bounded time', () => {
    const started = performance.now()
    expect(relationsOf('select a from projects; '.repeat(20_000))).to.have.lengthOf(20_000)
    expect(relationsOf(`select from projects /* ${'/*'.repeat(20_000)}`)).to.deep.equal([
      'read projects',
    ])
    expect(relationsOf(`select from projects where x = '${"''".repeat(20_000)}`)).to.deep.equal([
      'read projects',
    ])
    expect(performance.now() - started).to.be.lessThan(4000)
  })
})
