import { PassThrough, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Knex } from 'knex'
import { type Behaviour, projects, told } from './behaviour.ts'

const later = () => new Promise(setImmediate)
const many = (db: Knex) => db.from(db.raw('generate_series(1, 300) as n')).select('n').orderBy('n')
const collect = async (stream: AsyncIterable<unknown>) => {
  const rows: unknown[] = []
  for await (const read of stream) rows.push(read)
  return rows
}

export const STREAMS: Readonly<Record<string, Behaviour>> = {
  'are iterated, with every highWaterMark': async (db) =>
    Promise.all([1, 7, 1000].map((highWaterMark) => collect(many(db).stream({ highWaterMark })))),
  'are given to a handler, whose promise is that of the whole stream': async (db) => {
    const rows: unknown[] = []
    const result = many(db).stream((stream) => stream.on('data', (read) => rows.push(read)))
    await result
    await later()
    return rows.length
  },
  'are piped into what reads slowly': async (db) => {
    const rows: unknown[] = []
    const slow = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(read, _, done) {
        rows.push(read)
        setImmediate(done)
      },
    })
    await pipeline(
      many(db).stream({ highWaterMark: 5 }),
      new PassThrough({ objectMode: true }),
      slow,
    )
    return rows.length
  },
  'are piped by `pipe`': async (db) =>
    collect(many(db).pipe(new PassThrough({ objectMode: true }))),
  'end with the error of the server, at once and midway': async (db) => [
    await told(() => collect(db.raw('select 1 / ?::int', [0]).stream())),
    await told(() =>
      collect(db.raw('select 1 / (200 - n) from generate_series(1, ?::int) n', [300]).stream()),
    ),
  ],
  'are broken off, and the connection goes on': async (db) => {
    for await (const _ of many(db).stream({ highWaterMark: 2 })) break
    return projects(db).where('id', 1).pluck('title')
  },
  'are read in a transaction, which goes on': async (db) =>
    db.transaction(async (trx) => [
      (await collect(many(trx).stream())).length,
      await projects(trx).where('id', 1).pluck('title'),
    ]),
  'are told to listeners as other queries are': async (db) => {
    const texts: string[] = []
    const listen = ({ sql }: { sql: string }) => texts.push(sql)
    db.on('query', listen)
    await collect(many(db).stream())
    db.removeListener('query', listen)
    return texts
  },
}
