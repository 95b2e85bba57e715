create table memberships (user_id text, tenant_id text, primary key (user_id, tenant_id));
grant select on memberships to app_user;

create table projects (
  id bigint generated always as identity primary key,
  tenant_id text not null default nullif(current_setting('app.tenant_id', true), ''),
  title text not null
);
create index on projects (tenant_id);
grant select, insert, update, delete on projects to app_user;

-- As `kysely-tenants migrate:rls` writes them.
create policy tenant_access on projects to app_user
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')));
create policy tenant_isolation on projects as restrictive to app_user
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')));
alter table projects enable row level security, force row level security;
