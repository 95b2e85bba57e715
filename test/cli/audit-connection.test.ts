import { join } from 'node:path'
import { expect } from 'chai'
import { auditSnapshot, saveSnapshot, takeSnapshot } from '../../src/audit/audit.ts'
import { useAuditedDatabase } from '../support/audited-database.ts'
import { type Rule, startFaultProxy } from '../support/fault-proxy.ts'
import { withClient } from '../support/postgres.ts'
import { type CliRun, runCli, trouble, withProject } from '../support/run-cli.ts'

// P12: a failure never looks like a clean result.
describe('audit: the connection, the server and the schema', () => {
  const database = useAuditedDatabase()

  describe('a connection', () => {
    it('that is lost at any query ends with the reason and exit code 2', async () => {
      const queries = await countQueries()
      expect(queries).to.be.greaterThan(15)
      for (let nth = 1; nth <= queries; nth++) {
        const run = await throughProxy({ dir: 'F', type: 'QP', nth, action: 'rst' })
        expect({ code: run.code, out: run.out }, `query ${nth}`).to.deep.equal({ code: 2, out: '' })
        expect(run.err, `query ${nth}`).to.match(
          /^✖ The connection .* {2}DATABASE\.CONNECTION_LOST\n/,
        )
      }
    }).timeout(60_000)

    for (const action of ['fin', 'half'] as const) {
      it(`that ends in the middle of an answer (${action}) is no clean audit`, async () => {
        const run = await throughProxy({ dir: 'B', type: 'D', nth: 5, action })
        expect({ code: run.code, out: run.out }).to.deep.equal({ code: 2, out: '' })
        expect(run.err).to.include('DATABASE.CONNECTION_LOST')
      })
    }

    it('through the proxy is as good as any other when nothing happens', async () => {
      const run = await throughProxy({ dir: 'B', type: '\u0001', action: 'rst' })
      expect(run.code).to.equal(0)
    })

    async function countQueries(): Promise<number> {
      let queries = 0
      const count = (bytes: Buffer) => {
        queries++
        return bytes
      }
      await throughProxy({ dir: 'F', type: 'QP', once: false, action: count })
      return queries
    }
  })

  async function throughProxy(rule: Rule): Promise<CliRun> {
    const proxy = await startFaultProxy(database.url)
    try {
      proxy.on(rule)
      return await runCli(['audit', '--url', proxy.url], database.config)
    } finally {
      await proxy.stop()
    }
  }

  describe('a server', () => {
    /** The first row that is answered is what the server says of itself. */
    const pretending = (version: string) =>
      throughProxy({
        dir: 'B',
        type: 'D',
        match: /kt_/,
        action: (bytes) =>
          Buffer.from(bytes.toString('latin1').replace(/1[4-8]\d{4}/, version), 'latin1'),
      })

    it('before 14 is refused', async () => {
      expect(await pretending('130022')).to.deep.equal(
        trouble(
          '✖ The server is PostgreSQL 13, older than 14; nothing was checked.  SERVER.UNSUPPORTED',
          '  next Update the server: the checks know row security of PostgreSQL 14 and later.',
        ),
      )
    })

    it('after 18 is judged, and what is not known of it is said', () =>
      withClient(database.url, async (client) => {
        const snapshot = await takeSnapshot(client, database.config)
        const all = { ...database.config, audit: {} }
        const { inconclusive } = auditSnapshot({ ...snapshot, serverVersion: 190002 }, all)
        expect(inconclusive).to.deep.equal([
          { check: 'server-rls-cve', reason: 'this release does not know PostgreSQL 19' },
        ])
      }))

    it('with Citus has shards that nobody looked at', () =>
      withClient(database.url, async (client) => {
        const snapshot = await takeSnapshot(client, database.config)
        expect(snapshot.extensions).to.deep.equal(['plpgsql'])
        const distributed = { ...snapshot, extensions: ['citus', 'plpgsql'] }
        const { inconclusive, matrix } = auditSnapshot(distributed, database.config)
        expect(inconclusive).to.deep.equal([
          {
            check: 'rls-disabled',
            reason: 'Citus is installed, and the shards on its workers were not read',
          },
        ])
        expect(matrix.map(({ select }) => select)).to.deep.equal(['unknown', 'unknown'])
      }))

    it('P12: with Citus fails unless the shards may stay unjudged, and begins with them', () =>
      withClient(database.url, async (client) => {
        const snapshot = await takeSnapshot(client, database.config)
        const distributed = { ...snapshot, extensions: ['citus', 'plpgsql'] }
        await withProject(database.config, async ({ folder, run }) => {
          saveSnapshot(join(folder, 'citus.json'), database.config, distributed)
          const args = ['audit', '--from', 'citus.json', '--fail-on', 'critical']
          const { code, out } = await run(...args)
          expect(code).to.equal(2)
          expect(out.split('\n').slice(0, 4).join(' ')).to.include('shards')
          expect(await run(...args, '--allow-unjudged')).to.have.property('code', 0)
        })
      }))
  })

  describe('a schema that changes meanwhile', () => {
    it('is not judged when a table is dropped between the queries', async () => {
      await database.change(
        'create table doomed (tenant_id uuid); grant select on doomed to public',
      )
      const proxy = await startFaultProxy(database.url)
      // When privileges are asked for, the list of the relations has been read.
      const held = proxy.on({
        dir: 'F',
        type: 'P',
        match: /has_table_privilege/,
        action: 'hold',
      })
      try {
        const running = runCli(['audit', '--url', proxy.url], database.config)
        await held.fired
        await database.change('drop table doomed')
        held.release()
        expect(await running).to.deep.equal(
          trouble(
            '✖ The schema changed while it was read; nothing was checked.  CATALOG.CHANGED',
            '  next Run it again when no migration is running.',
          ),
        )
      } finally {
        await proxy.stop()
      }
    })

    it('is not waited for without end', async () => {
      const name = new URL(database.url).pathname.slice(1)
      await database.change(`alter database ${name} set lock_timeout = '100ms'`)
      try {
        await withClient(database.url, async (migration) => {
          await migration.query('begin; lock table projects in access exclusive mode')
          expect(await runCli(['audit', '--url', database.url], database.config)).to.deep.equal(
            trouble(
              '✖ Another session holds a lock on a table, and did not release it in time; nothing was checked.  CATALOG.LOCKED',
              '  next Run it again when that migration or maintenance is done; the wait is the `lock_timeout` of the login, 10 s by default.',
            ),
          )
        })
      } finally {
        await database.change(`alter database ${name} reset lock_timeout`)
      }
    })
  })
})
