import { expect } from 'chai'
import pg from 'pg'
import {
  createDatabase,
  loginUrl,
  serverMajor,
  type TestDatabase,
  withClient,
} from '../../support/postgres.ts'

/** Names of roles without the name of the database. */
type Roles = Readonly<Record<'app' | 'own' | 'pol', string>>

// `app` is the login, of tenant a; `own` owns the tables, which are under FORCE; `pol` has an open policy.
const setup = ({ app, own, pol }: Roles) => `
  create role ${app} login; create role ${own}; create role ${pol};
  grant create, usage on schema public to ${own}, ${pol}; grant usage on schema public to ${app};
  create table said (x text); grant insert, select, delete on said to public;
  create table tf (tenant text, v text); insert into tf values ('a', 'a'), ('b', 'b');
  alter table tf owner to ${own}; grant select, update on tf to ${app}, ${pol};
  create policy app on tf to ${app} using (tenant = current_setting('app.t', true));
  create policy pol on tf to ${pol} using (true);
  alter table tf enable row level security; alter table tf force row level security;

  create function seen() returns text language plpgsql stable as $$ begin
    return current_user || ' ' || coalesce((select string_agg(v, '' order by v) from public.tf), '-'); end $$;
  create function say() returns trigger language plpgsql as $$ begin
    insert into public.said values (public.seen()); return coalesce(new, old); end $$;
  create function say_pol() returns trigger language plpgsql security definer as $$ begin
    insert into public.said values (public.seen()); return coalesce(new, old); end $$;
  alter function say_pol() owner to ${pol}; revoke execute on function say_pol() from public;
  create function def_own() returns text language sql security definer as 'select public.seen()';
  alter function def_own() owner to ${own};
  create function def_pol() returns text language sql security definer as 'select public.seen()';
  alter function def_pol() owner to ${pol};
  create function set_role() returns void language plpgsql security definer
    as $$ begin execute 'set role ${app}'; end $$;
  create function say_that(text) returns boolean language plpgsql immutable
    as $$ begin raise exception '%', public.seen(); end $$;
  create function say_own() returns text language plpgsql as $$ begin
    insert into public.said values (public.seen()); return ''; end $$;

  create view v_pol as select v from tf; alter view v_pol owner to ${pol};
  create view calls_pol as select seen() as x; alter view calls_pol owner to ${pol};
  grant select, update on v_pol, calls_pol to ${app};

  create table invoker (v text); create table definer (v text); create table ruled (v text);
  create table checked (v text check (say_that(v))); create table filled (v text default say_own());
  create table indexed (v text); create index on indexed (say_that(v));
  create table late (v text); create table parent (id int primary key);
  create table child (id int references parent on delete cascade);
  create table child_after (id int references parent on delete cascade);
  create trigger t before insert on invoker for each row execute function say();
  create trigger t before insert on definer for each row execute function say_pol();
  create trigger t before delete on child for each row execute function say();
  create trigger t after delete on child_after for each row execute function say();
  create constraint trigger t after insert on late deferrable initially deferred
    for each row execute function say();
  create rule r as on insert to ruled do also insert into said select string_agg(v, '' order by v) from tf;
  alter table ruled owner to ${pol};
  create view v_invoker as select * from invoker; alter view v_invoker owner to ${pol};
  grant insert on invoker to ${pol};
  insert into parent values (1), (2); insert into child values (1); insert into child_after values (2);
  alter table child owner to ${own}; alter table child_after owner to ${own};
  create function insert_late() returns void language sql security definer as 'insert into late values (1)';
  grant insert on late to ${pol}; alter function insert_late() owner to ${pol};
  create aggregate agg(text) (sfunc = textcat, stype = text, initcond = '');
  grant insert on invoker, definer, ruled, checked, filled, indexed, late, v_invoker to ${app};
  grant select, delete on parent to ${app};
  create function on_ddl() returns event_trigger language plpgsql as $$ begin
    if current_user = '${app}' then insert into public.said values (public.seen()); end if; end $$;
  create event trigger ${own}_t on ddl_command_end execute function on_ddl()`

const setup15 = ({ app, pol }: Roles) => `
  create view i_tf with (security_invoker) as select v from tf; grant select on i_tf to ${app}, ${pol};
  create view d_over_i as select v from i_tf; alter view d_over_i owner to ${pol};
  create view i_over_d with (security_invoker) as select v from v_pol;
  create view i_ruled with (security_invoker) as select v from ruled;
  create rule r as on insert to i_ruled do instead
    insert into said select string_agg(v, '' order by v) from tf;
  alter view i_ruled owner to ${pol};
  grant select, insert on d_over_i, i_over_d, i_ruled to ${app}`

interface Way {
  /** Selects one text, or has it said. */
  readonly sql: string
  readonly sees: string
  /** On servers before that. */
  readonly before?: readonly [number, string]
  readonly since?: number
}

const ALL = `select string_agg(v, '' order by v) as x from`

const WAYS: Readonly<Record<string, Way>> = {
  'a statement': { sql: 'select seen() as x', sees: 'app a' },
  'the tables of a view': { sql: `${ALL} v_pol`, sees: 'ab' },
  'a write through a view': {
    sql: 'with u as (update v_pol set v = v returning v) select count(*)::text as x from u',
    sees: '2',
  },
  'a function in a view': { sql: 'select x from calls_pol', sees: 'app a' },
  'a security_invoker view': { sql: `${ALL} i_tf`, sees: 'a', since: 15 },
  'a security_invoker view in a view': { sql: `${ALL} d_over_i`, sees: 'a', since: 15 },
  'a view in a security_invoker view': { sql: `${ALL} i_over_d`, sees: 'ab', since: 15 },
  'a definer of the owner under FORCE': { sql: 'select def_own() as x', sees: 'own -' },
  'a definer of a role with an open policy': { sql: 'select def_pol() as x', sees: 'pol ab' },
  'a rule of a table': { sql: `insert into ruled values ('')`, sees: 'ab' },
  'a rule of a security_invoker view': {
    sql: `insert into i_ruled values ('')`,
    sees: 'ab',
    since: 15,
  },
  'a trigger': { sql: `insert into invoker values ('')`, sees: 'app a' },
  'a trigger under a view': { sql: `insert into v_invoker values ('')`, sees: 'app a' },
  'a trigger with a definer that is closed to all': {
    sql: `insert into definer values ('')`,
    sees: 'pol ab',
  },
  'a deferred trigger that a definer queued': {
    sql: 'select insert_late()',
    sees: 'pol ab',
    before: [18, 'app a'],
  },
  'a CHECK': { sql: `insert into checked values ('')`, sees: 'app a' },
  'a default': { sql: 'insert into filled default values', sees: 'app a' },
  'an expression of an index': { sql: `insert into indexed values ('')`, sees: 'app a' },
  'an event trigger': { sql: 'create temporary table made (id int)', sees: 'app a' },
  'a BEFORE trigger under a cascade': { sql: 'delete from parent where id = 1', sees: 'own ab' },
  'an AFTER trigger under a cascade': {
    sql: 'delete from parent where id = 2',
    sees: 'own -',
    before: [18, 'app a'],
  },
  'SET ROLE in a definer': {
    sql: 'select set_role()',
    sees: 'cannot set parameter "role" within security-definer function',
  },
}

// A server that answers otherwise has to be judged otherwise: 18 changed two of these.
describe('the role that code runs as', () => {
  let database: TestDatabase
  let client: pg.Client
  let major: number
  before(async () => {
    database = await createDatabase()
    major = await serverMajor()
    const { name, url } = database
    const roles = { app: `${name}_app`, own: `${name}_own`, pol: `${name}_pol` }
    await withClient(url, (c) => c.query(setup(roles) + (major >= 15 ? `;${setup15(roles)}` : '')))
    client = new pg.Client({ connectionString: loginUrl(url, roles.app) })
    await client.connect()
    await client.query(`set app.t = 'a'`)
  })
  after(async () => {
    await client.end()
    await database.drop()
  })

  for (const [title, { sql, sees, before: old, since = 0 }] of Object.entries(WAYS)) {
    it(`is "${sees}" for ${title}${old ? `, "${old[1]}" before ${old[0]}` : ''}`, async () => {
      if (major < since) return
      await client.query('discard plans')
      await client.query('delete from said')
      const answer = await client.query(sql).catch((error: pg.DatabaseError) => error)
      const said = await client.query('select x from said limit 1')
      const told =
        answer instanceof pg.DatabaseError
          ? answer.message
          : (said.rows[0]?.x ?? answer.rows[0]?.x ?? '')
      const expected = old && major < old[0] ? old[1] : sees
      expect(told.replaceAll(`${database.name}_`, '')).to.equal(expected)
    })
  }
})
