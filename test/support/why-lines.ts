import { CHECKS } from '../../src/checks/registry.ts'
import { wrapProse } from '../../src/cli/render/wrap.ts'

/** The lines by which a finding says why it matters. */
export function whyLines(id: string, columns?: number): string[] {
  const reason = CHECKS.find((check) => check.id === id)?.why ?? ''
  const [first = '', ...more] = wrapProse(reason, { columns, margin: 9 })
  return [`    why  ${first}`, ...more.map((line) => `         ${line}`)]
}
