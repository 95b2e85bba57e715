insert into countries values ('DE', 'Germany'), ('JP', 'Japan'), ('US', 'United States');

insert into tenants values
  ('acme', 'Acme Corporation', 'US'),
  ('globex', 'Globex GmbH', 'DE'),
  ('initech', 'Initech KK', 'JP');

insert into users (tenant_id, email, name) values
  ('acme', 'wile@acme.example', 'Wile'),
  ('acme', 'road@acme.example', 'Road'),
  ('globex', 'hank@globex.example', 'Hank'),
  ('initech', 'peter@initech.example', 'Peter'),
  ('initech', 'milton@initech.example', 'Milton');

insert into projects (tenant_id, lead_id, name)
  select tenant_id, min(users.id), project
  from users
  join (values
    ('acme', 'Rocket skates'), ('acme', 'Giant magnet'),
    ('globex', 'Weather machine'),
    ('initech', 'TPS reports'), ('initech', 'New cover sheet'), ('initech', 'Stapler hunt')
  ) as p (tenant_id, project) using (tenant_id)
  group by tenant_id, project
  order by tenant_id, project;

insert into "projectTasks" ("tenantId", "projectId", title, "isDone")
  select tenant_id, id, title, title = 'Plan'
  from projects
  cross join (values ('Plan'), ('Build'), ('Ship')) as t (title);

insert into comments (tenant_id, task_id, author_id, body)
  select t."tenantId", t.id, p.lead_id, 'Looks good.'
  from "projectTasks" t
  join projects p on p.tenant_id = t."tenantId" and p.id = t."projectId"
  where t."isDone";

insert into templates values
  (null, 'Kick-off', 'Who, what, when'),
  ('acme', 'Product test', 'Stand well back'),
  ('initech', 'TPS report', 'With the new cover sheet');

insert into events (tenant_id, occurred_at, name)
  select id, occurred_at, 'login'
  from tenants
  cross join generate_series(
    timestamptz '2026-01-05Z', timestamptz '2026-02-25Z', interval '5 days'
  ) as occurred_at;

insert into billing.subscriptions values
  ('acme', 'team', 20), ('globex', 'enterprise', 500), ('initech', 'free', 5);

insert into billing.invoices
  select id, number, date '2026-01-01' + 30 * number
  from tenants
  cross join generate_series(1, 2) as number;

insert into billing.invoice_lines
  select org_id, number, 1, 'Seats', seats * 900
  from billing.invoices
  join billing.subscriptions on tenant_id = org_id;

analyze;
