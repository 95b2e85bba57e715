import { expect } from 'chai'
import type { ForeignKeyState } from '../../../src/catalog/constraint-state.ts'
import type { Snapshot } from '../../../src/catalog/snapshot.ts'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { plan } from '../../../src/migration/plan.ts'
import { tableStatus } from '../../../src/migration/table-status.ts'
import { resolveWanted } from '../../../src/wanted/resolve-wanted.ts'
import { plainColumn, plainRelation, plainSnapshot } from '../../support/plain-state.ts'
import { countingReads } from '../../support/reads.ts'

// A search through all tables for each of them would read four times as much for twice as many.
describe('twice as many tables', () => {
  const steps = {
    'what is wanted': resolveWanted,
    'the plan': (config, snapshot) => plan(resolveWanted(config, snapshot), snapshot),
    'the status': (config, snapshot) => tableStatus(resolveWanted(config, snapshot), snapshot),
  } satisfies Record<string, (...args: Parameters<typeof resolveWanted>) => unknown>

  for (const [name, step] of Object.entries(steps)) {
    it(`are twice as much to read for ${name}`, () => {
      const reads = (count: number) => {
        const config = parseConfig({ tables: ['projects', ...namesOf(count)] })
        const { counted, reads } = countingReads(snapshotOf(count))
        expect(JSON.stringify(step(config, counted))).to.include(`t${count}`)
        return reads()
      }
      expect(reads(200) / reads(100)).to.be.within(1.9, 2.1)
    })
  }
})

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `t${n + 1}`)
}

// Every other has its column, the rest gets it.
function snapshotOf(count: number): Snapshot {
  const tables = namesOf(count).map((name, n) =>
    plainRelation(name, {
      columns: n % 2 === 0 ? [ID, PROJECT] : [ID, PROJECT, { ...TENANT, notNull: false }],
      foreignKeys: [TO_PROJECTS],
    }),
  )
  return plainSnapshot({
    relations: [plainRelation('projects', { columns: [ID, TENANT] }), ...tables],
  })
}

const ID = plainColumn('id', 'int4')
const PROJECT = plainColumn('project_id', 'int4')
const TENANT = plainColumn('tenant_id', 'uuid')

const TO_PROJECTS: ForeignKeyState = {
  name: 'to_projects',
  columns: ['project_id'],
  referencedColumns: ['id'],
  references: { schema: 'public', name: 'projects' },
  onDelete: 'no action',
  onDeleteColumns: [],
  onUpdate: 'no action',
  match: 'simple',
  deferrable: false,
  deferred: false,
  isEnforced: true,
  isTemporal: false,
  definition: 'FOREIGN KEY (project_id) REFERENCES projects(id)',
  isPartition: false,
  comment: null,
}
