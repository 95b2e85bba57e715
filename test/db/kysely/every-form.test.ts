import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { failure } from '../../support/failure.ts'
import { apiForms, SCOPES } from '../../support/id-type-world.ts'
import {
  CLEAN,
  codeOf,
  describeRows,
  ROWS,
  rowsOf,
  SIMILAR_IDS,
  seen,
} from '../../support/rows-bench.ts'
import { A, B, nextUser, type Tables } from '../../support/tenants.ts'

describeRows('P7 every form of a query', (bench) => {
  // Items 10, 12 and 14 to 17 for one tenant beside another, in every way to say them. A strategy gets
  // the scope as such: that a handle gives the same one as `run` is shown on `local`.
  const { run, ...handles } = SCOPES
  const scopes = bench.strategy === 'local' ? { run, ...handles } : { run }
  for (const [scope, within] of Object.entries(scopes)) {
    for (const [name, form] of Object.entries(apiForms(() => bench.all))) {
      describe(`${scope}, ${name}`, () => {
        const isRaw = name === 'raw SQL'
        const inA = <T>(body: (db: Kysely<Tables>) => T) => within(bench.app, A, body)

        it('the setting on the server is the tenant', async () => {
          const setting = (db: Kysely<Tables>) =>
            db.selectNoFrom(sql<string>`current_setting('app.tenant_id')`.as('tenant'))
          expect(await inA((db) => form(db, setting))).to.deep.equal([{ tenant: A }])
        })

        it('each tenant sees exactly its rows', async () => {
          expect(await inA((db) => form(db, seen))).to.deep.equal(rowsOf(A))
          expect(await within(bench.app, B, (db) => form(db, seen))).to.deep.equal(rowsOf(B))
        })

        it('an insert for another tenant is refused', async () => {
          const insert = (tenant_id: string | ReturnType<typeof sql<string>>) =>
            inA((db) =>
              form(db, (own) =>
                own.insertInto('projects').values({ id: 9, title: 't', tenant_id }).returning('id'),
              ),
            )
          const refused = isRaw ? 'TENANT.VIOLATION' : 'TENANT.MISMATCH'
          expect(await codeOf(insert(B))).to.equal(refused)
          const violation = await failure(insert(sql<string>`${B}`))
          expect(violation.code).to.equal('TENANT.VIOLATION')
          expect(violation.message).to.contain('projects').and.contain(A)
          expect((violation.cause as { code: string }).code).to.equal('42501')
          expect(await bench.stored()).to.deep.equal(ROWS)
        })

        it('a delete aimed at another tenant deletes nothing', async () => {
          const deleteWhere = (tenant: string) =>
            inA((db) =>
              form(db, (own) =>
                own.deleteFrom('projects').where('tenant_id', '=', tenant).returning('id'),
              ),
            )
          expect(await deleteWhere(B)).to.deep.equal([])
          expect(await bench.stored()).to.deep.equal(ROWS)
          expect(await deleteWhere(A)).to.have.length(2)
          expect(await bench.stored()).to.deep.equal(rowsOf(B))
        })

        it('an update aimed at another tenant changes and moves nothing', async () => {
          const updateWhere = (tenant: string) =>
            inA((db) =>
              form(db, (own) =>
                own
                  .updateTable('projects')
                  .set({ title: 'mine' })
                  .where('tenant_id', '=', tenant)
                  .returning('id'),
              ),
            )
          const steal = inA((db) =>
            form(db, (own) =>
              own.updateTable('projects').set({ tenant_id: A }).where('id', '=', 3).returning('id'),
            ),
          )
          expect(await steal).to.deep.equal([])
          expect(await updateWhere(B)).to.deep.equal([])
          expect(await bench.stored()).to.deep.equal(ROWS)
          expect(await updateWhere(A)).to.have.length(2)
          expect(await bench.stored(B)).to.deep.equal(rowsOf(B))
        })

        it('own rows are inserted, updated and deleted, and cannot be moved away', async () => {
          const row = { tenant_id: A, id: 9, title: 'nine' }
          await inA((db) =>
            form(db, (own) => own.insertInto('projects').values(row).returning('id')),
          )
          expect(await bench.stored(A)).to.deep.equal([...rowsOf(A), row])
          await inA((db) =>
            form(db, (own) =>
              own.updateTable('projects').set({ title: '9' }).where('id', '=', 9).returning('id'),
            ),
          )
          expect(await bench.stored(A)).to.deep.equal([...rowsOf(A), { ...row, title: '9' }])
          const move = (tenant_id: string | ReturnType<typeof sql<string>>) =>
            inA((db) =>
              form(db, (own) =>
                own.updateTable('projects').set({ tenant_id }).where('id', '=', 9).returning('id'),
              ),
            )
          expect(await codeOf(move(B))).to.equal(isRaw ? 'TENANT.VIOLATION' : 'TENANT.MISMATCH')
          expect(await codeOf(move(sql<string>`${B}`))).to.equal('TENANT.VIOLATION')
          await inA((db) =>
            form(db, (own) => own.deleteFrom('projects').where('id', '=', 9).returning('id')),
          )
          expect(await bench.stored()).to.deep.equal(ROWS)
        })

        it('the next checkout is clean, after success as after an error', async () => {
          await inA((db) => form(db, seen))
          expect(await nextUser(bench.app.pool)).to.deep.equal(CLEAN)
          const broken = (db: Kysely<Tables>) => db.selectNoFrom(sql<number>`1 / 0`.as('x'))
          expect(await codeOf(inA((db) => form(db, broken)))).to.equal('22012')
          expect(await nextUser(bench.app.pool)).to.deep.equal(CLEAN)
          expect(await within(bench.app, B, (db) => form(db, seen))).to.deep.equal(rowsOf(B))
        })

        it('an id is carried exactly', async () => {
          const setting = (db: Kysely<Tables>) =>
            db.selectNoFrom(sql<string>`current_setting('app.tenant_id')`.as('tenant'))
          for (const tenant of SIMILAR_IDS) {
            expect(await within(bench.app, tenant, (db) => form(db, setting))).to.deep.equal([
              { tenant },
            ])
          }
        })
      })
    }
  }
})
