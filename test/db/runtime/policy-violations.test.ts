import { expect } from 'chai'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { createTenancy, isTenancyError, TenantDialect } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { withClient } from '../../support/postgres.ts'
import { STRATEGIES, strategyOptions } from '../../support/strategies.ts'
import { A, B, createWorld, type TenantWorld } from '../../support/tenants.ts'

const MINE = `tenant_id = (select nullif(current_setting('app.tenant_id', true), ''))`

const TABLES = (app: string) => `
  create table "Odd ""name" (tenant_id text, id int);
  create policy tenant_access on "Odd ""name" to ${app} using (${MINE}) with check (${MINE});

  create table comments (tenant_id text, body text);
  create policy own_words on comments to ${app} using (true) with check (body <> 'rude');
  create policy tenant_isolation on comments as restrictive to ${app} using (${MINE}) with check (${MINE});

  create policy short_titles on projects as restrictive to ${app} with check (length(title) < 20);

  create table audit_log (entry text);
  create policy no_secrets on audit_log to ${app} using (true) with check (entry <> 'secret');
  create table noted (tenant_id text, entry text);
  create policy tenant_access on noted to ${app} using (${MINE}) with check (${MINE});
  create function note() returns trigger language plpgsql as
    $$ begin insert into audit_log values (new.entry); return new; end $$;
  create trigger noted after insert on noted for each row execute function note();
  create function misplace() returns trigger language plpgsql as
    $$ begin insert into projects (tenant_id, id, title) values (new.entry, 9, 'nine'); return new; end $$;
  create table misplacing (entry text);
  create trigger misplacing after insert on misplacing for each row execute function misplace();

  create table serials (id serial, tenant_id text);
  create procedure commits() language plpgsql as $$ begin commit; end $$;
  create table plain (id int);

  do $$ declare name text; begin
    foreach name in array array['"Odd ""name"', 'comments', 'audit_log', 'noted'] loop
      execute 'alter table ' || name || ' enable row level security, force row level security';
    end loop; end $$;
  grant all on all tables in schema public to ${app}`

const CASES: readonly (readonly [text: string, code: string, words: string])[] = [
  [`insert into projects values (1, 'x', '${B}')`, 'TENANT.VIOLATION', 'projects is not one of'],
  [`update projects set tenant_id = '${B}'`, 'TENANT.VIOLATION', 'projects is not one of'],
  [`insert into "Odd ""name" values ('${B}', 1)`, 'POLICY.VIOLATION', 'written to'],
  [`insert into comments values ('${B}', 'nice')`, 'TENANT.VIOLATION', 'comments is not one of'],
  [`insert into comments values ('${A}', 'rude')`, 'POLICY.VIOLATION', 'comments'],
  [
    `insert into projects (id, title) values (7, repeat('long ', 9))`,
    'POLICY.VIOLATION',
    'the policy short_titles',
  ],
  [`insert into audit_log values ('secret')`, 'POLICY.VIOLATION', 'audit_log'],
  [`insert into noted values ('${A}', 'secret')`, 'POLICY.VIOLATION', 'audit_log'],
  [`insert into misplacing values ('${B}')`, 'TENANT.VIOLATION', 'projects is not one of'],
]

describe('what a policy refuses', () => {
  let world: TenantWorld
  before(async () => {
    world = await createWorld()
    await withClient(world.url, (admin) => admin.query(TABLES(`${world.name}_app`)))
  })
  after(() => world.drop())

  const tenancy = createTenancy({
    tenant: { type: 'text' },
    tables: { projects: {}, comments: { access: 'boundary' }, noted: {} },
    global: ['audit_log', 'misplacing', 'plain'],
  })

  for (const strategy of STRATEGIES) {
    describe(`strategy ${strategy}`, () => {
      let db: Kysely<object>
      beforeEach(() => {
        const pool = new pg.Pool({ connectionString: world.appUrl, max: 1 })
        db = new Kysely({
          dialect: new TenantDialect({ tenancy, pool, ...strategyOptions(strategy) }),
        })
      })
      afterEach(() => db.destroy())

      const inA = (text: string) => tenancy.run(A, () => sql.raw(text).execute(db))

      for (const [text, code, words] of CASES) {
        it(`is ${code}: ${text}`, async () => {
          const error = await failure(inA(text))
          expect(isTenancyError(error) && error.code).to.equal(code)
          expect(error.message).to.include(words)
          expect((error.cause as { code: string }).code).to.equal('42501')
        })
      }

      it('has a hint for what the tenant setting or row security forbids', async () => {
        const hints: [string, string, string][] = [
          ['insert into serials default values', '42501', 'grant usage on sequence'],
          ['select 1; select 2', '42601', 'one after the other'],
        ]
        if (strategy !== 'session') hints.push(['vacuum plain', '25001', "'session'"])
        for (const [text, code, words] of hints) {
          const error = (await failure(inA(text))) as Error & { code: string; hint?: string }
          expect(error.code, text).to.equal(code)
          expect(error.hint, text).to.include(words)
        }
        if (strategy === 'session') await inA('call commits()')
        else {
          const ended = await inA('call commits()').then(
            () => ({ code: 'none', hint: 'procedure' }),
            (error) => error,
          )
          expect(ended.code).to.be.oneOf(['none', '2D000'])
          expect(ended.hint).to.include('procedure')
        }
      })
    })
  }
})
