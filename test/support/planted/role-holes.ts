import { GONE, type PlantedHole, SECRET } from './planted-case.ts'

/** What the login can become, and what that may do. */
export const ROLE_HOLES: Readonly<Record<string, PlantedHole>> = {
  'a role with BYPASSRLS': {
    setup: `create role @backup bypassrls; grant select on projects to @backup;
      grant @backup to app_user`,
    proof: ['set role @backup', 'select name from projects'],
    shows: SECRET,
    check: 'app-role-can-set-role',
    road: 'SET ROLE',
  },
  'a role with a policy of its own': {
    setup: `create role @reports; create policy reports on projects for select to @reports using (true);
      grant select on projects to @reports; grant @reports to app_user`,
    proof: [`select set_config('role', '@reports', false)`, 'select name from projects'],
    shows: SECRET,
    check: 'app-role-can-set-role',
    road: 'whose policy reports is `using (true)`',
  },
  'a role that may empty tables': {
    setup: `create role @cleaner; grant truncate on projects, tasks to @cleaner;
      grant @cleaner to app_user`,
    proof: ['set role @cleaner', 'truncate projects, tasks'],
    done: GONE,
    check: 'app-role-can-set-role',
    road: 'which may truncate it',
  },
  'a role that reads what a view stored, two steps away': {
    setup: `create role @first; create role @second;
      create materialized view stored as select name from projects; grant select on stored to @second;
      alter role @first noinherit; grant @second to @first; grant @first to app_user;
      alter role app_user noinherit`,
    proof: ['set role @second', 'select * from stored'],
    shows: SECRET,
    check: 'app-role-can-set-role',
    road: 'what public.stored stored of it',
  },
  'a role that owns the schema': {
    setup: `create role @deployer; alter schema public owner to @deployer; grant @deployer to app_user`,
    proof: ['set role @deployer', 'drop table tasks, projects'],
    done: `select to_regclass('public.projects') is null as done`,
    check: 'app-role-can-set-role',
    road: 'the owner of schema public',
  },
  'a role that the login may grant itself': {
    setup: `create role @admins; grant @admins to app_user with admin option;
      create policy admins on projects to @admins using (true); grant select on projects to @admins;
      alter role app_user noinherit`,
    proof: ['grant @admins to app_user', 'set role @admins', 'select name from projects'],
    shows: SECRET,
    check: 'app-role-can-set-role',
    road: 'whose policy admins is `using (true)`',
  },
  'ADMIN OPTION alone': {
    setup: `create role @admins;
      grant @admins to app_user with admin true, inherit false, set false;
      create policy admins on projects to @admins using (true); grant select on projects to @admins`,
    proof: ['grant @admins to app_user', 'set role @admins', 'select name from projects'],
    since: 16,
    shows: SECRET,
    check: 'app-role-can-grant-itself',
    road: 'by the ADMIN OPTION',
  },
  'CREATEROLE before 16': {
    setup: 'alter role app_user createrole',
    proof: ['grant app_admin to app_user', 'set role app_admin', 'select name from projects'],
    until: 15,
    shows: SECRET,
    check: 'app-role-can-grant-itself',
    road: 'CREATEROLE',
  },
  'a role that reads all data, and a copy': {
    setup: `create schema archive; create table archive.old as table projects;
      grant pg_read_all_data to app_user`,
    proof: ['select name from archive.old'],
    shows: SECRET,
    check: 'app-role-predefined',
    road: 'pg_read_all_data',
  },
  'a role that runs programs': {
    setup: 'grant pg_execute_server_program to app_user',
    proof: [
      'create temporary table said (line text)',
      `copy said from program 'echo SECRET-B'`,
      'select * from said',
    ],
    shows: SECRET,
    check: 'app-role-predefined',
    road: 'pg_execute_server_program',
  },
}
