import { expect } from 'chai'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { withClient as withCliClient } from '../../../../src/cli/connect/connect.ts'
import { isLender, readConnection } from '../../../../src/cli/connect/kysely-connection.ts'
import { createDatabase, type TestDatabase, withClient } from '../../../support/postgres.ts'

describe('the connection of a kysely.config', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
  })
  after(() => database.drop())

  async function lenderOf(config: object) {
    const connection = await readConnection(config)
    return isLender(connection) ? connection : expect.fail('it lends nothing')
  }

  function kysely(): Kysely<unknown> {
    const pool = new pg.Pool({ connectionString: database.url })
    return new Kysely({
      dialect: new PostgresDialect({ pool }),
      plugins: [new CamelCasePlugin()],
    })
  }

  it('of a pool has the password, which a pool hides from its options', async () => {
    const pool = new pg.Pool({ host: '/tmp', user: 'app', password: 'secret' })
    expect(await readConnection({ dialect: 'pg', dialectConfig: { pool } })).to.deep.include({
      host: '/tmp',
      user: 'app',
      password: 'secret',
    })
  })

  it('answers as a client of pg, past the plugins of the application', async () => {
    const { lend } = await lenderOf({ kysely: () => kysely() })
    const answers = await lend(async (client) => {
      await client.query('create temporary table notes (note_id int)')
      const { command, rowCount } = await client.query('insert into notes values ($1), (2)', [1])
      const { rows } = await client.query('select note_id from notes order by 1')
      return { command, rowCount, rows }
    })
    expect(answers).to.deep.equal({
      command: 'UPDATE',
      rowCount: 2,
      rows: [{ note_id: 1 }, { note_id: 2 }],
    })
  })

  it('is lent once at a time, and again afterwards', async () => {
    const { lend } = await lenderOf({ kysely: () => kysely() })
    const inside = lend(() => lend(async () => 'a second one'))
    const outcome = await inside.catch((error: Error) => error.message)
    expect(outcome).to.equal('the connection of the dialect is in use')
    expect(await lend(async () => 'the next one')).to.equal('the next one')
  })

  it('that breaks half-way is named by its file', async () => {
    const to = await lenderOf({ kysely: () => kysely() })
    const source = async () => ({ to, file: 'kysely.config.ts' })
    let killing: Promise<unknown> = Promise.resolve()
    const broken = withCliClient(source, undefined, async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      const sleeping = client.query('select pg_sleep(60)')
      // Not awaited here: the holder of the connection waits for its own statement alone.
      killing = withClient(database.url, (admin) =>
        admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]),
      )
      await sleeping
    })
    const outcome = await broken.catch((error: Error) => error.message)
    await killing
    expect(outcome).to.equal(
      'The connection to the database of kysely.config.ts was lost: terminating connection due to administrator command; what was not committed was rolled back.',
    )
  })

  it('is not taken from what is no dialect', async () => {
    const { lend } = await lenderOf({ dialect: () => 'pg' })
    for (const _ of ['first', 'second']) {
      const outcome = await lend(async () => 'a client').catch((error: Error) => error.message)
      expect(outcome).to.equal('it has no dialect')
    }
  })
})
