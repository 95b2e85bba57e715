import { expect } from 'chai'
import type { Answers } from '../../../src/init/answers.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { configFor, questionFor, surveyOf } from '../../support/proposals.ts'

const PROJECTS = `
  create table tenants (id uuid primary key);
  create table projects (id uuid primary key, tenant_id uuid not null references tenants);
  create table tasks (id uuid primary key, tenant_id uuid not null references tenants);`

describe('P15 a guess never opens', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  const config = async (sql: string, answers?: Answers) =>
    configFor(await surveyOf(database, sql), answers)
  const question = async (sql: string, answers?: Answers) =>
    questionFor(await surveyOf(database, sql), answers)

  describe('a table is not global', () => {
    for (const [title, sql, undecided] of [
      [
        'when it leads to a table that is not decided, however far',
        `create table insights (id uuid primary key, project_id uuid not null);
         create table events (id uuid primary key, insight_id uuid not null references insights);
         create table clicks (id int primary key, event_id uuid references events)`,
        {
          insights: 'project_id may lead to public.projects, and no foreign key says so',
          events: 'insight_id leads to public.insights, which is not decided',
          clicks: 'event_id leads to public.events, which is not decided',
        },
      ],
      [
        'when it leads to a table whose tenant column holds no tenant',
        `create table notes (id int primary key, tenant_id date);
         create table note_lines (id int primary key, note_id int not null references notes)`,
        {
          notes: 'tenant_id is date, which is no type of a tenant',
          note_lines: 'note_id leads to public.notes, which is not decided',
        },
      ],
      [
        'when a column looks like an id, by its name',
        `create table a (id int primary key, actor_id bigint);
         create table b (id int primary key, "commentableId" text, "commentableType" text);
         create table c (id int primary key, nid int);
         create table d (id int primary key, workflowid varchar(36));
         create table e (id int primary key, created_by int);
         create table f (id int primary key, member_ids bigint[]);
         create table g (user_id int primary key, theme text)`,
        {
          a: 'actor_id looks like an id, and no foreign key explains it',
          b: 'commentableId looks like an id, and no foreign key explains it',
          c: 'nid looks like an id, and no foreign key explains it',
          d: 'workflowid looks like an id, and no foreign key explains it',
          e: 'created_by looks like an id, and no foreign key explains it',
          f: 'member_ids looks like an id, and no foreign key explains it',
          g: 'user_id looks like an id, and no foreign key explains it',
        },
      ],
      [
        'when a column looks like an id, by its type',
        `create table a (id int primary key, owner uuid);
         create domain ref as uuid;
         create table b (id int primary key, origin ref);
         create table c (id int primary key, watchers uuid[]);
         create table d (id int primary key, holder uuid default current_setting('a.b')::uuid)`,
        {
          a: 'owner looks like an id, and no foreign key explains it',
          b: 'origin looks like an id, and no foreign key explains it',
          c: 'watchers looks like an id, and no foreign key explains it',
          d: 'holder looks like an id, and no foreign key explains it',
        },
      ],
      [
        'when a column has the name and the type of a key',
        `create table boards (id bigint primary key, tenant_id uuid not null);
         create table pins (id int primary key, board bigint)`,
        { pins: 'board may lead to public.boards, and no foreign key says so' },
      ],
      [
        'when several tenants may share its rows',
        `create table users (id uuid primary key, name text);
         create table members (tenant_id uuid references tenants, user_id uuid references users,
           primary key (tenant_id, user_id));
         create table labels (id int primary key, title text);
         create table task_labels (task_id uuid references tasks, label_id int references labels,
           primary key (task_id, label_id))`,
        {
          labels: 'public.task_labels links its rows with tenants, perhaps several',
          users: 'public.members links its rows with tenants, perhaps several',
        },
      ],
      [
        'when it holds data of people or of logins',
        `create table authors (code text primary key, "emailAddress" text);
         create table sessions (token text primary key, data jsonb);
         create table people (code text primary key)`,
        {
          authors: 'emailAddress looks like data of a person or a login',
          people: 'a person may belong to several tenants',
          sessions: 'token looks like data of a person or a login',
        },
      ],
      [
        'when a query of it reads a child with rows of tenants',
        `create table documents (id uuid primary key, title text);
         create table contracts (tenant_id uuid not null) inherits (documents);
         create table comments (id int primary key, document_id uuid references documents)`,
        {
          documents: 'it shows the rows of its child public.contracts, which is not global',
          comments: 'document_id leads to public.documents, which is not decided',
        },
      ],
      [
        'when its child is not decided',
        `create table documents (id uuid primary key, title text);
         create table drafts (author_id uuid) inherits (documents)`,
        {
          drafts: 'author_id looks like an id, and no foreign key explains it',
          documents: 'it shows the rows of its child public.drafts, which is not global',
        },
      ],
    ] as const) {
      it(title, async () => {
        const found = await config(`${PROJECTS} ${sql}`)
        const reasons = Object.fromEntries(
          found.undecided.map(({ name, reason }) => [name, reason]),
        )
        expect({ reasons, global: found.global }).to.deep.equal({ reasons: undecided, global: [] })
      })
    }

    it('when its foreign key leads out of the schemas that were looked at', async () => {
      const sql = `${PROJECTS}
        create schema auth;
        create table auth.logins (id int primary key, project_id uuid references projects);
        create table avatars (login_id int references auth.logins, image text)`
      const { undecided, global } = configFor(await surveyOf(database, sql, ['public']))
      expect({ undecided, global }).to.deep.equal({
        undecided: [
          { name: 'avatars', reason: 'login_id leads to auth.logins, which is not looked at' },
        ],
        global: [],
      })
    })
  })

  it('a table is global when each of its ids is explained', async () => {
    const { global, undecided } = await config(`${PROJECTS}
      create table regions (id int primary key, parent_id int references regions);
      create table countries (country_id serial primary key, region_id int references regions,
        public_id uuid default gen_random_uuid(), iso text, paid boolean, valid text);
      create table ranges (grid text primary key, since date);
      create table currencies (code text, unit int, primary key (code, unit));
      create table coins (since date) inherits (currencies)`)
    expect({ global, undecided }).to.deep.equal({
      global: ['countries', 'currencies', 'ranges', 'regions'],
      undecided: [],
    })
  })

  it('a table is global when the user says so, and explains the keys that lead to it', async () => {
    const sql = `${PROJECTS}
      create table plans (id int primary key, stripe_id text);
      create table prices (id int primary key, plan_id int not null references plans)`
    const { global, undecided } = await config(sql, { global: ['plans'] })
    expect({ global, undecided }).to.deep.equal({ global: ['plans', 'prices'], undecided: [] })
  })

  it('a child that inherits the tenant column goes with its parent', async () => {
    const { tables, global, undecided } = await config(`${PROJECTS}
      create table notes (id int primary key, tenant_id uuid not null, author_id int);
      create table memos (editor_id int) inherits (notes);
      create table steps (id int, task_id uuid not null references tasks);
      create table small_steps () inherits (steps)`)
    expect({ tables, global, undecided }).to.deep.equal({
      tables: {
        tenants: { column: 'id' },
        notes: {},
        projects: {},
        tasks: {},
        steps: { backfill: { parent: 'tasks' } },
      },
      global: [],
      undecided: [],
    })
  })

  describe('the tenant column is asked for', () => {
    const options = async (sql: string) => {
      const { about, options } = await question(sql)
      return { about, options: options.map(({ value, note }) => `${value} ${note}`) }
    }

    it('when another column is in more tables than the one with a usual name', async () => {
      expect(
        await options(`
          create table networks (id uuid primary key);
          create table identities (id uuid primary key, organization_id uuid,
            nid uuid not null references networks);
          create table sessions (id uuid primary key, nid uuid not null references networks);
          create table messages (id uuid primary key, nid uuid not null references networks);
          create table kinds (id uuid primary key, name text)`),
      ).to.deep.equal({
        about: 'column',
        options: ['nid in 3 of 5 tables', 'organization_id in 1 of 5 tables'],
      })
    })

    for (const column of ['namespace text', 'nid bigint', 'project_id uuid', '"siteId" int']) {
      it(`when most tables have only an unusual one: ${column}`, async () => {
        const [name = ''] = column.replaceAll('"', '').split(' ')
        expect(
          await options(`
            create table pages (id int primary key, ${column} not null);
            create table posts (id int primary key, ${column} not null);
            create table kinds (code text primary key)`),
        ).to.deep.equal({ about: 'column', options: [`${name} in 2 of 3 tables`] })
      })
    }

    it('and the answer is taken, whatever its name', async () => {
      const sql = `
        create table pages (id int primary key, namespace text not null);
        create table posts (id int primary key, namespace text not null)`
      expect(await config(sql, { column: 'namespace' })).to.deep.equal({
        tenant: { column: 'namespace', type: 'text' },
        tables: { pages: {}, posts: {} },
        global: [],
        undecided: [],
      })
    })
  })

  it('the tenant column is not asked for when the others lead to tables of a tenant', async () => {
    const { tenant, tables } = await config(`
      create table tenants (id int primary key);
      create table projects (id int primary key, tenant_id int not null references tenants);
      create table pages (id int primary key, project_id int not null references projects);
      create table posts (id int primary key, project_id int not null references projects);
      create table files (id int primary key, project_id int not null)`)
    expect({ tenant, tables }).to.deep.equal({
      tenant: { column: 'tenant_id', type: 'integer' },
      tables: {
        tenants: { column: 'id' },
        projects: {},
        pages: { backfill: { parent: 'projects' } },
        posts: { backfill: { parent: 'projects' } },
      },
    })
  })

  describe('a tenant column that may be NULL', () => {
    it('is filled from the parent, and from the parent of the parent', async () => {
      const { tables } = await config(`${PROJECTS}
        create table runs (id int primary key, tenant_id uuid,
          project_id uuid not null references projects);
        create table steps (id int primary key, tenant_id uuid, run_id int not null references runs);
        create table logs (id int primary key, step_id int not null references steps)`)
      expect(tables).to.deep.equal({
        tenants: { column: 'id' },
        projects: {},
        runs: { backfill: { parent: 'projects' } },
        steps: { backfill: { parent: 'runs' } },
        tasks: {},
        logs: { backfill: { parent: 'steps' } },
      })
    })

    it('is not filled when the way may be NULL, is not the only one, or leads to shared rows', async () => {
      const sql = `${PROJECTS}
        create table templates (id int primary key, tenant_id uuid);
        create table runs (id int primary key, tenant_id uuid, project_id uuid references projects);
        create table moves (id int primary key, tenant_id uuid,
          source_id uuid not null references projects, target_id uuid not null references projects);
        create table copies (id int primary key, tenant_id uuid,
          template_id int not null references templates)`
      expect((await config(sql, { shared: ['templates'] })).tables).to.deep.equal({
        tenants: { column: 'id' },
        copies: {},
        moves: {},
        projects: {},
        runs: {},
        tasks: {},
        templates: { shared: true },
      })
    })
  })
})
