create schema app;
create table app.tenants (
  id bigint generated always as identity primary key,
  slug text not null unique,
  plan text
);
create table app.members (
  id uuid primary key default gen_random_uuid(),
  tenant_id bigint not null references app.tenants on delete cascade,
  email text not null,
  unique (tenant_id, email)
);
create table app.posts (
  id uuid primary key default gen_random_uuid(),
  tenant_id bigint not null references app.tenants on delete cascade,
  title text,
  slug text not null,
  status text,
  author_id uuid references app.members on delete set null,
  unique (tenant_id, slug)
);
create table app.posts_tags (
  post_id uuid not null references app.posts on delete cascade,
  tag_id uuid not null,
  sort_order int,
  primary key (post_id, tag_id)
);
create table app.tags (
  id uuid primary key default gen_random_uuid(),
  tenant_id bigint not null references app.tenants on delete cascade,
  name text
);
alter table app.posts_tags add foreign key (tag_id) references app.tags on delete cascade;
create table app.events (
  id bigint generated always as identity,
  tenant_id bigint not null,
  at timestamptz not null,
  kind text,
  subject_type text,
  subject_id uuid,
  n int) partition by range (at
);
create table app.events_2025 partition of app.events for values from ('2025-01-01') to ('2026-01-01') partition by list (kind);
create table app.events_2025_view partition of app.events_2025 for values in ('view');
create table app.events_2025_other partition of app.events_2025 default;
create table app.events_default partition of app.events default;
create table app.webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  post_id uuid not null references app.posts on delete cascade,
  attempts int default 0
);
create table app.plans (code text primary key, price_cents int not null);
create table app.countries (iso char(2) primary key, name text not null);
create table app.jobs (id bigserial primary key, queue text, payload jsonb);
create table app.stats (
  tenant_id bigint primary key references app.tenants on delete cascade,
  posts int not null default 0
);
create schema graphile_worker;
create table graphile_worker.migrations (id int primary key, ts timestamptz);
create table app.schema_migrations (version varchar(128) primary key);
create materialized view app.post_counts as select tenant_id, count(*) as n from app.posts group by 1;
create view app.published as select p.*, m.email from app.posts p left join app.members m on m.id = p.author_id where status = 'published';
create function app.recount(t bigint) returns void language sql security definer as $$ insert into app.stats (tenant_id, posts) select t, count(*) from app.posts where tenant_id = t on conflict (tenant_id) do update set posts = excluded.posts $$;
create function app.posts_changed() returns trigger language plpgsql security definer as $$ begin perform app.recount(new.tenant_id); return null; end $$;
create trigger posts_changed after insert or update on app.posts for each row execute function app.posts_changed();
insert into app.tenants (slug) values ('a'),('b');
insert into app.posts (tenant_id, slug) values (1,'x'),(2,'y');
insert into app.events (tenant_id, at, kind) values (1,'2025-02-01','view'),(2,'2025-03-01','x'),(1,'2024-01-01','z');
insert into app.webhook_deliveries (post_id) select id from app.posts;
