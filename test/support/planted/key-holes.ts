import { ALL_OF_B, type PlantedHole, SECRET } from './planted-case.ts'

const CASCADE = `alter table tasks drop constraint tasks_tenant_id_project_id_fkey,
  add foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade`

/** Code that an action of a foreign key sets off: it runs as the owner of the child, without FORCE. */
export const KEY_HOLES: Readonly<Record<string, PlantedHole>> = {
  'a trigger that reads, under a cascade': {
    setup: `${CASCADE};
      create function tell() returns trigger language plpgsql
        as $$ begin raise exception 'all: %', ${ALL_OF_B}; end $$;
      create trigger tell before delete on tasks for each row execute function tell()`,
    proof: ['delete from projects where id = 1'],
    shows: SECRET,
    check: 'foreign-key-reaches-tenants',
    road: 'trigger tell on public.tasks calls public.tell()',
  },
  'a trigger that writes, under a cascade': {
    setup: `${CASCADE};
      create function recount() returns trigger language plpgsql
        as $$ begin update public.projects set name = 'recounted' where id <> old.id; return old; end $$;
      create trigger recount before delete on tasks for each row execute function recount()`,
    proof: ['delete from projects where id = 1'],
    done: `select exists (select from projects where name = 'recounted') as done`,
    check: 'foreign-key-reaches-tenants',
    road: 'app_owner, the owner, where FORCE does not count',
  },
  'a function of the owner, called under a cascade': {
    setup: `${CASCADE};
      create function names() returns text language sql security definer
        set search_path = pg_catalog, public, pg_temp as $$ select ${ALL_OF_B} $$;
      alter function names() owner to app_owner; grant execute on function names() to app_user;
      create function tell() returns trigger language plpgsql
        as $$ begin raise exception 'all: %', public.names(); end $$;
      create trigger tell before delete on tasks for each row execute function tell()`,
    proof: ['delete from projects where id = 1'],
    shows: SECRET,
    check: 'foreign-key-reaches-tenants',
    road: 'executes public.names(), security definer',
  },
  'a CHECK that looks elsewhere, under SET NULL': {
    setup: `alter table tasks drop constraint tasks_tenant_id_project_id_fkey;
      alter table tasks add column parent int,
        add foreign key (tenant_id, parent) references projects (tenant_id, id) on delete set null (parent);
      update tasks set parent = project_id;
      create function fits(int) returns boolean language plpgsql
        as $$ begin if $1 is null then raise exception 'all: %', ${ALL_OF_B}; end if; return true; end $$;
      alter table tasks add constraint fits check (fits(parent))`,
    proof: ['delete from projects where id = 1'],
    since: 15,
    shows: SECRET,
    check: 'foreign-key-reaches-tenants',
    road: 'constraint fits of public.tasks calls public.fits(integer)',
  },
  'two keys in a row': {
    setup: `${CASCADE};
      create table steps (tenant_id uuid, id int, task int, primary key (tenant_id, id),
        foreign key (tenant_id, task) references tasks (tenant_id, id) on delete cascade);
      alter table steps owner to app_owner;
      insert into steps values ('aaaaaaaa-0000-4000-8000-000000000001', 1, 1);
      create function tell() returns trigger language plpgsql
        as $$ begin raise exception 'all: %', ${ALL_OF_B}; end $$;
      create trigger tell before delete on steps for each row execute function tell()`,
    proof: ['delete from projects where id = 1'],
    config: { tables: { projects: {}, tasks: {}, steps: {} }, global: ['countries'] },
    shows: SECRET,
    check: 'foreign-key-reaches-tenants',
    road: 'deletes from public.tasks',
  },
}
