import { expect } from 'chai'
import { applyWaivers } from '../../../src/audit/waivers.ts'
import { type Finding, fingerprinted } from '../../../src/checks/check.ts'
import type { Waiver } from '../../../src/config/config.ts'

const FINDING = fingerprinted({
  check: 'rls-not-forced',
  level: 'medium',
  object: 'public.projects',
  summary: 'Its owner sees every tenant.',
  fix: 'alter …',
})
const WAIVER: Waiver = {
  check: 'rls-not-forced',
  object: 'public.projects',
  reason: 'a migration needs it',
  expires: '2026-12-31',
}

describe('applyWaivers', () => {
  const apply = (
    waivers: readonly Waiver[],
    options: Partial<Parameters<typeof applyWaivers>[1]>,
  ) =>
    applyWaivers(waivers, {
      findings: [FINDING],
      partial: new Set<string>(),
      today: '2026-12-31',
      ...options,
    })
  const said = (findings: readonly Finding[]) =>
    findings.map(({ check, level, summary }) => `${level} ${check}: ${summary}`)

  it('takes a finding out up to the last day, and keeps why', () => {
    expect(apply([WAIVER], {})).to.deep.equal({
      findings: [],
      waived: [{ ...FINDING, reason: 'a migration needs it', expires: '2026-12-31' }],
    })
  })

  it('brings the finding back when it is over, and says so', () => {
    const { findings, waived } = apply([WAIVER], { today: '2027-01-01' })
    expect(waived).to.deep.equal([])
    expect(said(findings)).to.deep.equal([
      'medium rls-not-forced: Its owner sees every tenant.',
      'low waiver-expired: The waiver of rls-not-forced ended on 2026-12-31: a migration needs it',
    ])
  })

  it('finds the waiver that has nothing to waive, expired or not', () => {
    for (const today of ['2026-01-01', '2027-01-01']) {
      expect(said(apply([WAIVER], { findings: [], today }).findings)).to.deep.equal([
        'low waiver-stale: rls-not-forced has no finding here that the waiver could waive.',
      ])
    }
  })

  it('holds for one finding alone when it names its fingerprint', () => {
    const exact = { ...WAIVER, fingerprint: FINDING.fingerprint }
    const changed = fingerprinted(FINDING, 'another text')

    expect(apply([exact], {}).findings).to.deep.equal([])
    expect(said(apply([exact], { findings: [changed] }).findings)).to.deep.equal([
      'medium rls-not-forced: Its owner sees every tenant.',
      `low waiver-stale: The waiver of rls-not-forced is for another finding than ${changed.fingerprint}.`,
    ])
  })

  it('leaves findings of other checks and on other objects', () => {
    const others = [
      { ...FINDING, check: 'rls-disabled', fingerprint: 'a' },
      { ...FINDING, object: 'public.tasks', fingerprint: 'b' },
    ]
    expect(apply([WAIVER], { findings: [FINDING, ...others] }).findings).to.deep.equal(others)
  })

  it('P12: is not called stale while its check could not look', () => {
    const partial = new Set(['rls-not-forced'])
    expect(apply([WAIVER], { findings: [], partial })).to.deep.equal({ findings: [], waived: [] })
  })
})

describe('the fingerprint of a finding', () => {
  it('changes with its level, its words and what it is about', () => {
    const variants = [
      FINDING,
      fingerprinted({ ...FINDING, level: 'high' }),
      fingerprinted({ ...FINDING, summary: 'Its owner sees more.' }),
      fingerprinted(FINDING, 'using (true)'),
      fingerprinted(FINDING, 'using (false)'),
    ]
    expect(new Set(variants.map(({ fingerprint }) => fingerprint)).size).to.equal(5)
    expect(fingerprinted(FINDING).fingerprint).to.equal(FINDING.fingerprint)
  })
})
