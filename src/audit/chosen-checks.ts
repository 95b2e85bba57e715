import type { Check, Finding } from '../checks/check.ts'
import type { CheckContext } from '../checks/facts/context.ts'
import { CHECKS } from '../checks/registry.ts'
import type { Config, ConfigInput } from '../config/config.ts'
import { ensureParsed } from '../config/parse-config.ts'
import { configInvalid } from '../errors/application.ts'
import { suggestion } from '../util/nearest.ts'

type Levels = Config['audit']['levels']

const IDS = CHECKS.map(({ id }) => id)

/**
 * Parses the config, and refuses levels and waivers of checks that do not exist.
 *
 * @throws `CONFIG.INVALID`
 */
export function parseAuditConfig(input: ConfigInput | Config): Config {
  const config = ensureParsed(input)
  const { audit } = config
  const named = [
    ...Object.keys(audit.levels).map((id) => ({ path: `audit.levels.${id}`, id })),
    ...audit.waivers.map(({ check }, i) => ({ path: `audit.waivers[${i}].check`, id: check })),
  ]
  const problems = named
    .filter(({ id }) => !IDS.includes(id))
    .map(({ path, id }) => `${path}: there is no such check${suggestion(id, IDS)}`)
  if (problems.length > 0) throw configInvalid(problems)
  return config
}

export interface Choice {
  /** Checks that the config wants and that apply to this snapshot. */
  readonly chosen: readonly Check[]
  /** The ids of the others. */
  readonly leftOut: readonly string[]
}

export function chooseChecks(levels: Levels, context: CheckContext): Choice {
  const chosen = CHECKS.filter((check) => isWanted(check, levels) && isPossible(check, context))
  const ids = new Set(chosen.map(({ id }) => id))
  return { chosen, leftOut: IDS.filter((id) => !ids.has(id)) }
}

/** The ids of the checks that the config switched off. */
export function switchedOff(levels: Levels): string[] {
  return IDS.filter((id) => levels[id] === 'off')
}

/** The finding with the level that the config gives its check. */
export function withLevel(finding: Finding, levels: Levels): Finding {
  const level = levels[finding.check]
  return level === undefined || level === 'off' ? finding : { ...finding, level }
}

function isWanted({ id, isOptIn }: Check, levels: Levels): boolean {
  return isOptIn ? (levels[id] ?? 'off') !== 'off' : levels[id] !== 'off'
}

// A server without the feature cannot have the problem.
function isPossible({ since, asksApp, readsRows }: Check, { snapshot }: CheckContext): boolean {
  if ((asksApp && !snapshot.appLogin) || (readsRows && !snapshot.keyRows)) return false
  return since === undefined || snapshot.serverVersion >= since
}
