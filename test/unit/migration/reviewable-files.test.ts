import { expect } from 'chai'
import { parseConfig } from '../../../src/config/parse-config.ts'
import { FORMATS } from '../../../src/migration/format.ts'
import { plan } from '../../../src/migration/plan.ts'
import { renderMigration } from '../../../src/migration/render.ts'
import type { PhaseName } from '../../../src/migration/step.ts'
import { resolveWanted } from '../../../src/wanted/resolve-wanted.ts'
import { plainColumn, plainRelation, plainSnapshot } from '../../support/plain-state.ts'

const TABLES = 100

const ROLE = {
  superuser: false,
  bypassRls: false,
  canLogIn: true,
  createRole: false,
  replication: false,
}

/** The lines that 100 ordinary tables took while every statement had a comment of its own. */
const BEFORE = 8463

describe('the files of 100 ordinary tables', () => {
  const files = filesOf(TABLES)
  const policies = files.get('policies') ?? []

  it('have at most 25 lines for each table in `policies`, and 60 % fewer in all than they had', () => {
    const all = [...files.values()].reduce((sum, lines) => sum + lines.length, 0)
    expect(policies.length / TABLES).to.be.lessThanOrEqual(25)
    expect(all).to.be.lessThan(0.4 * BEFORE)
  })

  it('have a line for each table in the head', () => {
    const [head = ''] = policies.join('\n').split('\n\n', 1)
    expect(head.match(/^\/\/ {3}public\..*$/gm)).to.deep.equal(
      namesOf(TABLES).map(
        (name) =>
          `//   public.${name} (access exclusive): tenant_isolation, tenant_access, tenant_admin, default, ENABLE`,
      ),
    )
  })

  it('explain each kind of statement once', () => {
    for (const [phase, lines] of files) {
      const body = lines.slice(lines.indexOf('/* up */') + 1)
      const reasons = body.filter((line) => /^ *\/\/ (?!Lock|Hazard|public\.)/.test(line))
      expect(reasons, phase).to.have.length(new Set(reasons).size).and.to.be.greaterThan(1)
    }
  })

  it('keep the statements of a table together', () => {
    const names = policies.flatMap((line) => {
      return /^ {2}sql`(?:create|alter).* public\.(t\d+)/.exec(line)?.[1] ?? []
    })
    const runs = names.filter((name, index) => name !== names[index - 1])
    expect(runs.slice(0, TABLES)).to.deep.equal(namesOf(TABLES))
  })
})

function filesOf(count: number): ReadonlyMap<PhaseName, readonly string[]> {
  const columns = [plainColumn('id', 'int4'), plainColumn('tenant_id', 'uuid')]
  const relations = namesOf(count).map((name) => plainRelation(name, { columns }))
  const config = parseConfig({
    roles: { app: 'app_user', admin: 'app_admin' },
    tables: namesOf(count),
  })
  const roles = ['app_user', 'app_admin'].map((name) => ({ ...ROLE, name }))
  const snapshot = plainSnapshot({ relations, roles })
  const [kind] = FORMATS.ts.files
  return new Map(
    plan(resolveWanted(config, snapshot), snapshot).map((phase) => {
      const text = renderMigration('/* summary */\n\n/* up */\n\n/* down */\n', phase, kind)
      return [phase.name, text.split('\n')]
    }),
  )
}

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `t${n + 1}`)
}
