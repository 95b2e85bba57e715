import { expect } from 'chai'
import { relationOf } from '../../../src/catalog/find-relation.ts'
import { heldPrivileges, rolesGranted } from '../../../src/catalog/privileges.ts'
import { inReadOnlyTransaction } from '../../../src/catalog/read-only.ts'
import { readSnapshot } from '../../../src/catalog/read-snapshot.ts'
import { readSurvey } from '../../../src/catalog/read-survey.ts'
import { createDatabase, type TestDatabase, withClient } from '../../support/postgres.ts'

const SQL = `
  create role APP_owner login; create role APP_heir login in role APP_owner;
  create role APP_group; create role APP_member login in role APP_group;
  create role APP_visitor login; create role APP_root login superuser;
  create role APP_noinherit login noinherit in role APP_group;
  create role APP_reader login in role pg_read_all_data;
  create role APP_writer login in role pg_write_all_data;
  create role APP_outsider login;
  create table projects (id int, title text);
  create table countries (code text);
  create table secrets (value text);
  create table "Own" (id int);
  create view titles as select title from projects;
  grant select, insert on projects to APP_group;
  grant update (title), references (id) on projects to APP_group;
  grant delete, truncate, trigger on projects to APP_member;
  grant select on countries to public;
  alter table secrets owner to APP_owner;
  alter table "Own" owner to APP_owner;
  revoke insert, truncate on "Own" from APP_owner;
  grant select, update on titles to APP_visitor`

const ROLES = [
  'owner',
  'heir',
  'group',
  'member',
  'noinherit',
  'visitor',
  'root',
  'reader',
  'writer',
  'outsider',
]

describe('whether a role holds a privilege', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
    await withClient(database.url, (client) =>
      client.query(SQL.replaceAll('APP_', `${database.name}_`)),
    )
  })
  after(() => database.drop())

  it('is what PostgreSQL says, for the relation and for its columns', () =>
    withClient(database.url, async (client) => {
      const { snapshot } = await inReadOnlyTransaction(client, () => readSurvey(client))
      const { rows } = await client.query<Asked>(ASK, [
        ROLES.map((role) => `${database.name}_${role}`),
        snapshot.serverVersion >= 170000,
      ])
      const answers = rows.map(({ role, relation, privilege }): Asked => {
        const found = snapshot.relations.find(({ name }) => name === relation)
        const held = heldPrivileges(role, snapshot)
        return {
          role,
          relation,
          privilege,
          isHeld: found ? held.onRelation(privilege, found) : undefined,
          isHeldSomewhere: found ? held.onSomeColumn(privilege, found) : undefined,
        }
      })
      expect(answers).to.deep.equal(rows)
      expect(rows.length).to.be.at.least(ROLES.length * 5 * 7)
    }))

  it('is a matter of grants where neither a superuser nor an owner is asked for', () =>
    withClient(database.url, async (client) => {
      const appRoles = ROLES.map((role) => `${database.name}_${role}`)
      const snapshot = await inReadOnlyTransaction(client, () =>
        readSnapshot(client, {
          schemas: ['public'],
          tables: [],
          global: [],
          appRoles,
          adminRoles: [],
          setting: 'app.tenant_id',
        }),
      )
      const granted = (name: string, ...privileges: readonly string[]) => {
        const relation = relationOf({ schema: 'public', name }, snapshot)
        return rolesGranted(appRoles, privileges, { relation, snapshot }).map((role) =>
          role.replace(`${database.name}_`, ''),
        )
      }
      expect({
        changed: granted('projects', 'UPDATE', 'DELETE'),
        read: granted('secrets', 'SELECT'),
        shown: granted('titles', 'SELECT'),
      }).to.deep.equal({
        changed: ['group', 'member', 'writer'],
        read: ['reader'],
        shown: ['visitor', 'reader'],
      })
    }))
})

interface Asked {
  readonly role: string
  readonly relation: string
  readonly privilege: string
  readonly isHeld: boolean | undefined
  readonly isHeldSomewhere: boolean | undefined
}

const ASK = `
  select r.role, c.relname as relation, p.privilege,
    has_table_privilege(r.role, c.oid, p.privilege) as "isHeld",
    case when p.privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
      then has_any_column_privilege(r.role, c.oid, p.privilege)
      else has_table_privilege(r.role, c.oid, p.privilege) end as "isHeldSomewhere"
  from unnest($1::name[]) r (role)
  cross join pg_class c
  cross join unnest(
    array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] ||
    case when $2 then array['MAINTAIN'] else array[]::text[] end) p (privilege)
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
  order by 1, 2, 3`
