-- Three logins, none of which is a superuser: the owner migrates, the app serves tenants, the
-- admin sees all of them.
create role crm_owner login password 'owner';
create role crm_app login password 'app';
create role crm_admin login password 'admin';

create database crm owner crm_owner;
revoke temporary on database crm from public;
