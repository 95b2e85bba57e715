create table chat_realm (
  id serial primary key,
  string_id varchar(40) unique not null,
  name varchar(40),
  date_created timestamptz not null default now()
);
create table chat_recipient (
  id serial primary key,
  type_id integer not null,
  type smallint not null,
  unique (type, type_id)
);
create table chat_userprofile (
  id serial primary key,
  realm_id integer not null references chat_realm deferrable initially deferred,
  email varchar(254) not null,
  full_name varchar(100),
  recipient_id integer references chat_recipient deferrable initially deferred,
  bot_owner_id integer references chat_userprofile deferrable initially deferred,
  unique (realm_id, email)
);
create table chat_stream (
  id serial primary key,
  realm_id integer not null references chat_realm deferrable initially deferred,
  name varchar(60) not null,
  recipient_id integer references chat_recipient deferrable initially deferred
);
create unique index on chat_stream (realm_id, upper(name));
create table chat_client (id serial primary key, name varchar(30) unique);
create table chat_message (
  id serial primary key,
  realm_id integer not null references chat_realm deferrable initially deferred,
  sender_id integer not null references chat_userprofile deferrable initially deferred,
  recipient_id integer not null references chat_recipient deferrable initially deferred,
  sending_client_id integer not null references chat_client deferrable initially deferred,
  subject varchar(60),
  content text,
  date_sent timestamptz
);
create table chat_usermessage (
  id bigserial primary key,
  user_profile_id integer not null references chat_userprofile deferrable initially deferred,
  message_id integer not null references chat_message deferrable initially deferred,
  flags bigint,
  unique (user_profile_id, message_id)
);
create table chat_subscription (
  id serial primary key,
  user_profile_id integer not null references chat_userprofile deferrable initially deferred,
  recipient_id integer not null references chat_recipient deferrable initially deferred,
  active boolean
);
create table chat_realmemoji (
  id serial primary key,
  realm_id integer not null references chat_realm deferrable initially deferred,
  author_id integer references chat_userprofile deferrable initially deferred,
  name text
);
create table chat_realmfilter (
  id serial primary key,
  realm_id integer not null references chat_realm deferrable initially deferred,
  pattern text,
  url_format_string text
);
create table chat_attachment (
  id serial primary key,
  realm_id integer references chat_realm deferrable initially deferred,
  owner_id integer not null references chat_userprofile deferrable initially deferred,
  path_id text unique
);
create table chat_attachment_messages (
  id serial primary key,
  attachment_id integer not null references chat_attachment deferrable initially deferred,
  message_id integer not null references chat_message deferrable initially deferred
);
create table chat_huddle (id serial primary key, huddle_hash varchar(40) unique);
create table chat_useractivity (
  id serial primary key,
  user_profile_id integer not null references chat_userprofile deferrable initially deferred,
  client_id integer not null references chat_client deferrable initially deferred,
  query varchar(50)
);
create table django_migrations (
  id serial primary key,
  app varchar(255),
  name varchar(255),
  applied timestamptz
);
create table django_content_type (
  id serial primary key,
  app_label varchar(100),
  model varchar(100)
);
create table auth_permission (
  id serial primary key,
  name varchar(255),
  content_type_id integer not null references django_content_type deferrable initially deferred,
  codename varchar(100)
);
create table django_session (
  session_key varchar(40) primary key,
  session_data text,
  expire_date timestamptz
);
insert into chat_realm (string_id) values ('a'),('b');
insert into chat_userprofile (realm_id, email) values (1,'a@a'),(2,'b@b');
insert into chat_recipient (type_id, type) values (1,1),(2,1);
insert into chat_client (name) values ('web');
insert into chat_message (realm_id, sender_id, recipient_id, sending_client_id) values (1,1,1,1),(2,2,2,1);
insert into chat_usermessage (user_profile_id, message_id) values (1,1),(2,2);
