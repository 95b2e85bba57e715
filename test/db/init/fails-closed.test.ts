import { expect } from 'chai'
import type { Answers } from '../../../src/init/answers.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { configFor, surveyOf } from '../../support/proposals.ts'

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
        'when a table that may lead anywhere links its rows',
        `create table tags (id int primary key, name text);
         create table taggings (id int primary key, tag_id int references tags,
           taggable_type text, taggable_id int)`,
        {
          taggings: 'taggable_id looks like an id, and no foreign key explains it',
          tags: 'public.taggings links its rows with records of other tables',
        },
      ],
      [
        'when each of its rows is of a row of a tenant',
        `create table files (id text primary key, data text);
         create table documents (id int primary key, tenant_id uuid not null references tenants,
           file_id text not null unique references files)`,
        { files: 'public.documents has a row of its own for each of its rows' },
      ],
      [
        'when it holds what tenants sent',
        `create table jobs (id int primary key, queue text, args jsonb);
         create table http_sessions (key text primary key, session_data text);
         create table calls (id int primary key, "userAgent" text)`,
        {
          calls: 'userAgent may hold data of a tenant',
          http_sessions: 'session_data may hold data of a tenant',
          jobs: 'args may hold data of a tenant',
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
      create table coins (since date) inherits (currencies);
      create table kinds (id int primary key, type text);
      create table kind_names (id int primary key, type text, kind_id int references kinds);
      create table colors (id int primary key);
      create table cards (id int primary key, tenant_id uuid not null references tenants,
        color_id int not null references colors)`)
    expect({ global, undecided }).to.deep.equal({
      global: ['colors', 'countries', 'currencies', 'kind_names', 'kinds', 'ranges', 'regions'],
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
})
