import { expect } from 'chai'
import type { ForeignKeyState } from '../../src/catalog/constraint-state.ts'
import type { ColumnState, RelationState } from '../../src/catalog/relation-state.ts'
import type { Snapshot } from '../../src/catalog/snapshot.ts'
import { tableStatus } from '../../src/cli/table-status.ts'
import { plan } from '../../src/migration/plan.ts'
import { parseConfig } from '../../src/parse-config.ts'
import { wantedState } from '../../src/wanted/wanted-state.ts'
import { countingReads } from '../support/reads.ts'

// A search through all tables for each of them would read four times as much for twice as many.
describe('twice as many tables', () => {
  const steps = {
    'what is wanted': wantedState,
    'the plan': (config, snapshot) => plan(wantedState(config, snapshot), snapshot),
    'the status': (config, snapshot) => tableStatus(wantedState(config, snapshot), snapshot),
  } satisfies Record<string, (...args: Parameters<typeof wantedState>) => unknown>

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

function snapshotOf(count: number): Snapshot {
  return {
    ...{ serverVersion: 180004, database: 'db', currentUser: 'owner', roles: [] },
    ...{ memberships: [], functions: [], settingDefaults: [], securedObjects: [] },
    ...{ defaultGrants: [], userMappings: [], eventTriggers: [], extensions: [], largeObjects: 0 },
    tenantAtStart: null,
    relations: [
      relation('projects', { columns: [ID, column('tenant_id', 'uuid')] }),
      ...namesOf(count).map((name, n) =>
        // Every other has its column, the rest gets it.
        relation(name, {
          columns: [
            ...[ID, column('project_id', 'int4')],
            ...(n % 2 === 0 ? [] : [{ ...column('tenant_id', 'uuid'), notNull: false }]),
          ],
          foreignKeys: [TO_PROJECTS],
        }),
      ),
    ],
  }
}

function relation(name: string, state: Partial<RelationState>): RelationState {
  return {
    ...{ schema: 'public', name, kind: 'table', owner: 'owner' },
    ...{ rlsEnabled: false, rlsForced: false, isPartition: false, securityInvoker: false },
    ...{ inExtension: false, estimatedRows: -1, partitionKey: [], parents: [], reads: [] },
    ...{ queryHash: null, columns: [], policies: [], indexes: [], foreignKeys: [] },
    ...{ grants: [], privileges: [], extension: null, isUnlogged: false, constraints: [] },
    ...{ triggers: [], rules: [], statistics: [], publications: [] },
    ...state,
  }
}

function column(name: string, baseType: string): ColumnState {
  return {
    ...{ name, type: baseType, baseType, isDomain: false, notNull: true },
    ...{ default: null, isIdentity: false, defaultFunctions: [] },
  }
}

const ID = column('id', 'int4')

const TO_PROJECTS: ForeignKeyState = {
  ...{ name: 'to_projects', columns: ['project_id'], referencedColumns: ['id'] },
  references: { schema: 'public', name: 'projects' },
  ...{ onDelete: 'no action', onDeleteColumns: [], onUpdate: 'no action', match: 'simple' },
  ...{ deferrable: false, deferred: false, isEnforced: true, isTemporal: false },
  ...{ definition: 'FOREIGN KEY (project_id) REFERENCES projects(id)', isPartition: false },
}
