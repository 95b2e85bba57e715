import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import { expect } from 'chai'
import {
  auditSnapshot,
  loadSnapshot,
  type Snapshot,
  saveSnapshot,
  takeSnapshot,
} from '../../../src/audit/audit.ts'
import { firstMismatch } from '../../../src/audit/json-schema.ts'
import { applyPlan } from '../../support/apply-plan.ts'
import { CORRECT_SCHEMA, correctConfig, withRolesOf } from '../../support/correct-schema.ts'
import { failure } from '../../support/failure.ts'
import { changedAt, placeName, placesOf } from '../../support/json-places.ts'
import { createDatabase, loginUrl, type TestDatabase, withClient } from '../../support/postgres.ts'
import { RICH_SCHEMA } from '../../support/rich-schema.ts'

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../../schemas/snapshot.schema.json', import.meta.url), 'utf8'),
)

const DAMAGED = /^(request|snapshot\.\w+) is not what was saved: its checksum is another one$/

describe('P12 a file of a snapshot', () => {
  let database: TestDatabase
  let folder: string
  let path: string
  let snapshot: Snapshot
  let text: string
  // biome-ignore lint/suspicious/noExplicitAny: it is changed at every place
  let file: any
  let config: ReturnType<typeof correctConfig>

  before(async () => {
    database = await createDatabase()
    const { name, url } = database
    config = correctConfig(name)
    const change = (sql: string) =>
      withClient(url, (client) => client.query(withRolesOf(name, sql).replaceAll('@@', name)))
    await change(CORRECT_SCHEMA)
    await applyPlan(url, config)
    await change(RICH_SCHEMA)
    const login = loginUrl(url, withRolesOf(name, 'app_user'))
    snapshot = await withClient(url, (client) =>
      withClient(login, (app) => takeSnapshot(client, config, { app, rows: true })),
    )
    folder = mkdtempSync(join(tmpdir(), 'kysely-tenants-snapshot-'))
    path = join(folder, 'now.json')
    saveSnapshot(path, config, snapshot)
    text = readFileSync(path, 'utf8')
    file = JSON.parse(text)
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await database.drop()
  })

  const load = (content: string | Uint8Array) => {
    writeFileSync(path, content)
    return loadSnapshot(path, config)
  }
  const refusal = async (content: string | Uint8Array) => {
    const { code, message } = await failure((async () => load(content))())
    expect({ code, message }).to.deep.include({ code: 'SNAPSHOT.UNREADABLE' })
    return message.replace(`The snapshot ${path} cannot be read, and nothing was checked: `, '')
  }

  it('gives the snapshot back as it was, and so the same report', () => {
    const loaded = load(text)
    expect(loaded).to.deep.equal(snapshot)
    expect(auditSnapshot(loaded, config)).to.deep.equal(auditSnapshot(snapshot, config))
    expect(auditSnapshot(loaded, config).findings.length).to.be.greaterThan(10)
  })

  it('is as its schema says, which knows every part of it', () => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(SCHEMA)
    expect(validate(file), JSON.stringify(validate.errors)).to.equal(true)
    const kinds = new Set(placesOf(file, SCHEMA).map(({ kind }) => kind.split(/[.[]/)[0]))
    const never = Object.keys(SCHEMA.definitions).filter((name) => !kinds.has(name))
    expect(never, 'the schema of the test has none of these').to.deep.equal([])
  })

  it('is the same with other blanks, or with a mark of its byte order', () => {
    expect(load(JSON.stringify(file))).to.deep.equal(snapshot)
    expect(load(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).to.deep.equal(snapshot)
  })

  it('holds no body of a function', () => {
    expect(text).not.to.match(/word-of-a-body|tg_table_name/)
  })

  describe('that was changed is SNAPSHOT.UNREADABLE, with the place', () => {
    const VALUES = [null, true, false, 7, -5, 1.5, 1e300, '', 'x', [], [7], {}, { x: 1 }]

    it('where a value is another one, or gone', async () => {
      const validate = new Ajv({ allowUnionTypes: true }).compile(SCHEMA)
      const changes = placesOf(file, SCHEMA).flatMap(({ path: place, value }, index) =>
        [undefined, VALUES[index % VALUES.length]]
          .filter((other) => !isDeepStrictEqual(other, value))
          .map((other) => ({ place, changed: changedAt(file, place, other) })),
      )
      expect(changes.length).to.be.greaterThan(700)
      for (const { place, changed } of changes) {
        const problem = firstMismatch(changed, SCHEMA)
        expect(validate(changed), `${placeName(place)}: ${problem}`).to.equal(!problem)
        if (problem) expect(problem).to.include(placeName(place.slice(0, -1)))
        else expect(await refusal(JSON.stringify(changed))).to.match(DAMAGED)
      }
    }).timeout(60_000)

    it('where a boolean is turned, an id is another one, an item is twice there', async () => {
      const { relations, triggers, functions } = file.snapshot.reach
      const [relation, other] = relations
      const at = (...keys: (string | number)[]) => ['snapshot', ...keys]
      const changes: Readonly<Record<string, [ReturnType<typeof at>, unknown]>> = {
        'row security on': [
          at('relations', 0, 'rlsEnabled'),
          !file.snapshot.relations[0].rlsEnabled,
        ],
        'a trigger on no relation': [at('reach', 'triggers', 0, 'relation'), 999_999],
        'a trigger without its function': [
          at('reach', 'functions'),
          functions.toSpliced(
            functions.findIndex(({ id }: { id: number }) => id === triggers[0].function),
            1,
          ),
        ],
        'an id twice': [at('reach', 'relations', 0, 'id'), other.id],
        'a relation twice': [at('reach', 'relations'), [...relations, relation]],
        'a policy less': [at('relations', 0, 'policies'), []],
        'parts that were not read': [at('reach'), null],
      }
      for (const [what, [place, to]] of Object.entries(changes)) {
        const reason = await refusal(JSON.stringify(changedAt(file, place, to)))
        expect(reason, what).to.equal(
          `${placeName(place.slice(0, 2))} is not what was saved: its checksum is another one`,
        )
      }
    })

    it('where a role is swapped for another all over the file', async () => {
      const { name } = database
      const swapped = text.replaceAll(`${name}_app_user`, `${name}_app_admin`)
      expect(await refusal(swapped)).to.match(/^request is not what was saved/)
    })

    it('where it is cut short, at whatever length', async () => {
      for (let step = 1; step < 20; step++) {
        const reason = await refusal(text.slice(0, Math.floor((text.length * step) / 20)))
        expect(reason).to.match(/^it is no JSON, or a part of it: /)
      }
    })

    it('where it is empty, compressed, of another program or release', async () => {
      const reasons = {
        '': 'it is empty',
        '{}': 'it is no snapshot: version is missing',
        '[]': 'it is no snapshot: the file must be an object, and is a list',
        null: 'it is no snapshot: the file must be an object, and is null',
        '{"version":1,"snapshot":{}}': 'it has version 1, and this release reads version 6',
        '{"version":1e400,"snapshot":{}}':
          'it has version Infinity, and this release reads version 6',
        '{"version":"5","checksums":{},"request":{},"snapshot":{}}':
          'version must be 6, and is "5"',
        '{"version":"2.1.0","runs":[]}': 'it is no snapshot: checksums is missing',
        '{"__proto__":1}': 'it is no snapshot: version is missing',
      }
      for (const [content, reason] of Object.entries(reasons)) {
        expect(await refusal(content), content).to.equal(reason)
      }
      expect(await refusal(gzipSync(text))).to.equal('it is compressed: unpack it first')
      expect(await refusal(Buffer.from(text, 'utf16le'))).to.match(/^it is no/)
      expect(await refusal('[1, "\u001b[2J')).to.match(
        /^it is no JSON, or a part of it: [^\p{C}]*$/u,
      )
      expect(await refusal('['.repeat(100_000))).to.match(/^it is no JSON/)
    })
  })
})
