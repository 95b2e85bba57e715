import { expect } from 'chai'
import { withClient, withDatabase } from '../../support/postgres.ts'
import { runCli } from '../../support/run-cli.ts'
import { startWireProxy } from '../../support/wire-proxy.ts'

describe('planning', () => {
  it('asks the catalog as often for 500 tables as for 50', async () => {
    const few = await questions(50)
    expect(few).to.be.greaterThan(10)
    expect(await questions(500)).to.equal(few)
  }).timeout(60_000)
})

/** How often the client began to talk: it waits for each answer before it asks again. */
function questions(count: number): Promise<number> {
  return withDatabase(async (url) => {
    await withClient(url, (client) => client.query(createTables(count)))
    const proxy = await startWireProxy(url)
    try {
      const tables = Array.from({ length: count }, (_, n) => `t${n + 1}`)
      const { code, err } = await runCli(['migrate:rls', '--dry-run'], {
        connection: proxy.url,
        tables: ['projects', ...tables],
      })
      expect({ code, said: err.split('\n')[0] }).to.deep.equal({
        code: 0,
        said: '7 files to write; nothing was written.',
      })
      return proxy.take().client
    } finally {
      await proxy.stop()
    }
  })
}

// Every other has its column, the rest gets it.
function createTables(count: number): string {
  return `
    create table projects (id int primary key, tenant_id uuid not null);
    do $$ begin
      for n in 1..${count} loop
        execute format(
          'create table t%s (id int primary key, project_id int not null references projects %s)',
          n, case n % 2 when 0 then ', tenant_id uuid' end);
      end loop;
    end $$`
}
