import { type ControlledTransaction, type Kysely, sql } from 'kysely'
import { describeContract, tells, titles } from '../../support/contract.ts'
import { loadedVersion } from '../../support/loaded-version.ts'
import { A, type Tables } from '../../support/tenants.ts'

const row = (id: number) => ({ id, title: `row ${id}`, tenant_id: A })
const insert = (trx: ControlledTransaction<Tables, string[]>, id: number) =>
  trx.insertInto('projects').values(row(id)).execute()
const flags = ({ isTransaction, isCommitted, isRolledBack }: ControlledTransaction<Tables>) => [
  isTransaction,
  isCommitted,
  isRolledBack,
]

// A savepoint gives another object for the same transaction. The beta was made before they shared a state.
const IS_STATE_PER_OBJECT = loadedVersion('kysely').startsWith('0.30.0-beta.')

/** Ends a transaction by the object of its savepoint, then uses each of the two. */
async function behindTheEnd(db: Kysely<Tables>): Promise<unknown[]> {
  const seen: unknown[] = []
  for (const end of ['commit', 'rollback'] as const) {
    const trx = await db.startTransaction().execute()
    const saved = await trx.savepoint('s').execute()
    await saved[end]().execute()
    const ways: (() => Promise<unknown>)[] = [
      () => trx.commit().execute(),
      () => trx.rollback().execute(),
      () => trx.savepoint('t').execute(),
      () => saved.rollbackToSavepoint('s').execute(),
      () => saved.releaseSavepoint('s').execute(),
      () => titles(saved),
    ]
    for (const way of ways) seen.push(await tells(Promise.resolve().then(way)))
  }
  return seen
}

function isAlready(ended: 'committed' | 'rolled back'): object {
  return { name: 'Error', message: `Transaction is already ${ended}`, code: undefined }
}

describeContract('the contract of Kysely: controlled transactions', {
  commit: {
    body: async ({ db }) => {
      const trx = await db.startTransaction().execute()
      await insert(trx, 7)
      const before = [flags(trx), await titles(db)]
      await trx.commit().execute()
      return [before, flags(trx), await titles(db)]
    },
  },
  'roll back': {
    body: async ({ db }) => {
      const trx = await db.startTransaction().execute()
      await insert(trx, 7)
      await trx.rollback().execute()
      return [flags(trx), await titles(db)]
    },
  },
  'have the isolation level and the access mode that was asked for': {
    body: async ({ db }) => {
      const trx = await db
        .startTransaction()
        .setIsolationLevel('serializable')
        .setAccessMode('read only')
        .execute()
      const { rows } = await sql`select current_setting('transaction_isolation') as level,
        current_setting('transaction_read_only') as "readOnly"`.execute(trx)
      await trx.commit().execute()
      return rows
    },
  },
  'refuse all behind their end': {
    isLater: IS_STATE_PER_OBJECT,
    body: ({ db }) => behindTheEnd(db),
  },
  'refuse all behind an end that Kysely does not see': {
    isLater: !IS_STATE_PER_OBJECT,
    // Plain Kysely sends the first COMMIT on a connection that is back in the pool.
    differs: {
      row: 'A handle that is used behind its end',
      as: (['committed', 'rolled back'] as const).flatMap((ended) => [
        { code: 'SCOPE.ENDED' },
        // A rollback of what is over has nothing to do.
        { value: undefined },
        isAlready('rolled back'),
        ...Array(3).fill(isAlready(ended)),
      ]),
    },
    body: ({ db }) => behindTheEnd(db),
  },
  'go back to a savepoint, whose statements are undone': {
    body: async ({ db }) => {
      const trx = await db.startTransaction().execute()
      await insert(trx, 7)
      const saved = await trx.savepoint('s').execute()
      await insert(saved, 8)
      const inside = await titles(saved)
      const back = await saved.rollbackToSavepoint('s').execute()
      await insert(back, 9)
      await back.commit().execute()
      return [inside, await titles(db)]
    },
  },
  'release a savepoint, whose statements stay': {
    body: async ({ db }) => {
      const trx = await db.startTransaction().execute()
      const outer = await trx.savepoint('outer').execute()
      await insert(outer, 7)
      const inner = await outer.savepoint('inner').execute()
      await insert(inner, 8)
      const released = await inner.releaseSavepoint('inner').execute()
      await released.rollbackToSavepoint('outer').execute()
      const undone = await titles(trx)
      await insert(trx, 9)
      await trx.commit().execute()
      return [undone, await titles(db)]
    },
  },
  'go on behind an error, from a savepoint': {
    body: async ({ db }) => {
      const trx = await db.startTransaction().execute()
      const saved = await trx.savepoint('a "quoted" Name').execute()
      const failed = [await tells(sql`select 1/0`.execute(saved)), await tells(titles(saved))]
      const back = await saved.rollbackToSavepoint('a "quoted" Name').execute()
      await insert(back, 7)
      await back.commit().execute()
      return [failed, await titles(db)]
    },
  },
  'fail for a savepoint that is not there, as the server does': {
    body: async ({ db }) => {
      const trx = (await db.startTransaction().execute()) as ControlledTransaction<Tables, string[]>
      const failed = [await tells(trx.rollbackToSavepoint('none').execute())]
      failed.push(await tells(trx.releaseSavepoint('none').execute()))
      await trx.rollback().execute()
      return [failed, await titles(db)]
    },
  },
  'give their connection back': {
    body: async ({ db }) => {
      const ends = ['commit', 'rollback', 'commit', 'rollback', 'commit'] as const
      for (const end of ends) {
        const trx = await db.startTransaction().execute()
        await titles(trx)
        await trx[end]().execute()
      }
      return titles(db)
    },
  },
})
