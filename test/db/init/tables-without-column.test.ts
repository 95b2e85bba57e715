import { expect } from 'chai'
import type { Answers } from '../../../src/init/answers.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { configFor, proposalFor, surveyOf } from '../../support/proposals.ts'

const TENANTS = 'create table tenants (id uuid primary key, name text);'
const PROJECTS = `${TENANTS}
  create table projects (id int primary key, tenant_id uuid not null references tenants);`

describe('init: a table without the column', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  const config = async (sql: string, answers?: Answers) =>
    configFor(await surveyOf(database, sql), answers)
  const proposal = async (sql: string, answers?: Answers) =>
    proposalFor(await surveyOf(database, sql), answers)

  it('is adopted by the parent on the shortest path without NULL', async () => {
    const { tables, undecided } = await config(`${PROJECTS}
      create table reactions (id int primary key, comment_id int not null);
      create table comments (id int primary key, task_id int not null);
      create table tasks (id int primary key, project_id int not null references projects);
      alter table comments add foreign key (task_id) references tasks;
      alter table reactions add foreign key (comment_id) references comments`)
    expect({ tables, undecided }).to.deep.equal({
      tables: {
        tenants: { column: 'id' },
        projects: {},
        tasks: { backfill: { parent: 'projects' } },
        comments: { backfill: { parent: 'tasks' } },
        reactions: { backfill: { parent: 'comments' } },
      },
      undecided: [],
    })
  })

  it('that has several parents goes with the one that it is deleted with', async () => {
    const { tables } = await proposal(`${PROJECTS}
      create table labels (id int primary key, tenant_id uuid not null);
      create table project_labels (
        label_id int not null references labels,
        project_id int not null references projects on delete cascade)`)
    expect(tables.at(-1)).to.deep.equal({
      name: 'project_labels',
      column: 'tenant_id',
      nullable: false,
      shared: false,
      adoption: { parent: 'projects', alternatives: ['labels'] },
    })
  })

  it('is not decided when no migration could follow its way', async () => {
    const { tables, global, undecided } = await config(`${PROJECTS}
      create table users (id int primary key, tenant_id uuid not null);
      create table notes (id int primary key, project_id int references projects);
      create table messages (id int primary key,
        sender_id int not null references users, recipient_id int not null references users);
      create table attachments (id int primary key, note_id int not null references notes);
      create table transfers (id int primary key,
        source uuid not null references tenants, target uuid not null references tenants);
      create table drafts (id int primary key, project_id int not null)`)
    expect({ tables, global, undecided }).to.deep.equal({
      tables: { tenants: { column: 'id' }, projects: {}, users: {} },
      global: [],
      undecided: [
        { name: 'messages', reason: 'more than one foreign key leads to public.users' },
        { name: 'notes', reason: 'its way to a tenant, project_id, may be NULL' },
        { name: 'transfers', reason: 'more than one foreign key leads to public.tenants' },
        { name: 'attachments', reason: 'note_id leads to public.notes, which is not decided' },
        {
          name: 'drafts',
          reason: 'project_id may lead to public.projects, and no foreign key says so',
        },
      ],
    })
  })

  it('is global when nothing leads to a tenant', async () => {
    const { global, undecided } = await config(`${PROJECTS}
      create table regions (id int primary key);
      create table countries (code text primary key, region_id int not null references regions)`)
    expect({ global, undecided }).to.deep.equal({
      global: ['countries', 'regions'],
      undecided: [],
    })
  })
})
