import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { loginUrl, roleName, withClient, withDatabase } from '../support/postgres.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

describe('the logins of the README', () => {
  it('read and write every table that is there, and use sequences to come', () =>
    withDatabase(async (url) => {
      const [app, admin] = [roleName(url, 'app'), roleName(url, 'admin')]
      const [, sql = ''] = /```sql\n(create role .*?)```/s.exec(README) ?? []
      await withClient(url, async (owner) => {
        await owner.query('create table projects (id serial primary key, title text)')
        await owner.query(
          sql
            .replaceAll('app_user', app)
            .replaceAll('app_admin', admin)
            .replaceAll("'…'", "'secret'"),
        )
        await owner.query(
          `create table tasks (id serial primary key, title text);
           grant select, insert, update, delete on tasks to ${app}, ${admin}`,
        )
      })
      for (const role of [app, admin]) {
        await withClient(loginUrl(url, role), async (login) => {
          for (const table of ['projects', 'tasks']) {
            await login.query(`insert into ${table} (title) values ('Apollo')`)
            await login.query(`update ${table} set title = 'Gemini'`)
            const { rows } = await login.query(`delete from ${table} returning title`)
            expect(rows).to.deep.equal([{ title: 'Gemini' }])
          }
        })
      }
    }))
})
