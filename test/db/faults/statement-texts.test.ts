import { expect } from 'chai'
import { sql } from 'kysely'
import { failure } from '../../support/failure.ts'
import { backendOf, describeFaults } from '../../support/fault-bench.ts'

describeFaults('faults: texts and parameters that the protocol refuses', (bench) => {
  const expectSameClient = async () => expect(await bench.inA(backendOf)).to.equal(bench.pid)

  it('F46 COPY FROM STDIN, which cannot be fed, is rejected and does not hang', async () => {
    await bench.admin.query('grant insert on countries to public')
    const copy = sql`copy countries from stdin`
    const inTransaction = bench.inA((db) => db.transaction().execute((trx) => copy.execute(trx)))
    expect((await failure(inTransaction)).code).to.equal('57014')
    await expectSameClient()
    expect((await failure(bench.inA((db) => copy.execute(db)))).code).to.equal('57014')
    await bench.expectClean()
  })

  it('F47 several statements in one text are refused with a hint', async () => {
    const run = bench.inA((db) => sql.raw('select 1; select 2').execute(db))
    const error: Error & { code?: string; hint?: string } = await failure(run)
    expect(error.code).to.equal('42601')
    expect(error.hint).to.match(/one command/)
    await expectSameClient()
    await bench.expectClean()
  })

  it('F63 a NUL in a statement or in a parameter rejects it, and nothing behind the NUL is run', async () => {
    const inText = sql.raw("insert into projects (id, title) values (100, 'a\0'); select ('b')")
    expect((await failure(bench.inA((db) => inText.execute(db)))).code).to.equal('08P01')
    await bench.expectClean()
    const inParameter = sql`insert into projects (id, title) values (100, ${'a\0b'})`
    expect((await failure(bench.inA((db) => inParameter.execute(db)))).code).to.equal('22021')
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  it('F64 more parameters than the protocol can count reject their statement', async () => {
    for (const count of [65_536, 65_537, 70_000]) {
      const values = sql.join(Array.from({ length: count }, (_, i) => sql`(${i + 100}::int)`))
      const insert = sql`insert into projects (id, title) select n, 't' from (values ${values}) v(n)`
      expect(await failure(bench.inA((db) => insert.execute(db)))).to.be.an('error')
      expect(await bench.stored()).to.deep.equal([])
      await bench.expectClean()
    }
  })

  it('F65 COPY TO STDOUT and an empty text end like any statement', async () => {
    for (const text of ['copy countries to stdout', '', ' ', ';', '-- nothing']) {
      for (const builder of ['connection', 'transaction'] as const) {
        const { rows } = await bench.inA((db) =>
          db[builder]().execute((one) => sql.raw(text).execute(one)),
        )
        expect(rows).to.deep.equal([])
      }
      await expectSameClient()
    }
    await bench.expectClean()
  })
})
