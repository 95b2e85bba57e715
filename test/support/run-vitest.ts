import { startTests, type VitestRunner } from '@vitest/runner'
import { expect } from 'chai'

/** Runs a file of tests that `collect` declares, without the rest of vitest. */
export async function runVitest(collect: () => void): Promise<void> {
  const runner: VitestRunner = {
    importFile: async () => collect(),
    config: {
      root: '/',
      setupFiles: [],
      name: undefined,
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: true,
      sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: 5000,
      hookTimeout: 5000,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
  }
  const [file] = await startTests(['/a.test.ts'], runner)
  expect(file?.result?.state).to.equal('pass')
}
