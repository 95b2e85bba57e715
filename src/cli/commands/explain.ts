import { Command } from 'commander'
import { roadsTo } from '../../audit/roads-to.ts'
import type { Check } from '../../checks/check.ts'
import { CHECKS } from '../../checks/registry.ts'
import { checkUnknown } from '../../errors/command/check.ts'
import { nearest } from '../../util/nearest.ts'
import { findSnapshot } from '../audit/find-snapshot.ts'
import { loadConfig } from '../connect/load-config.ts'
import type { Io } from '../io.ts'
import { type CommonOptions, configOption, jsonOption, urlOption } from '../options.ts'
import { renderCheck, renderChecks } from '../render/explain.ts'
import { renderJson } from '../render/json.ts'
import { renderRoads } from '../render/roads.ts'

const HELP = `
Examples:
  kysely-tenants explain
  kysely-tenants explain rls-not-forced
  kysely-tenants explain --road projects`

export function explainCommand(io: Io): Command {
  return new Command('explain')
    .description('list all checks, or explain why one matters and how to resolve it')
    .argument('[check]', 'as the audit names it')
    .option('--road <table>', 'print every road of the application to a table, the closed ones too')
    .addOption(configOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (id: string | undefined, options: ExplainOptions) => {
      const { json } = options
      if (options.road !== undefined) {
        await explainRoads(options.road, options, io)
      } else if (id === undefined) {
        io.out(json ? renderJson({ checks: CHECKS.map(data) }) : renderChecks(CHECKS, io))
      } else {
        const check = find(id)
        io.out(json ? renderJson(data(check)) : renderCheck(check, io))
      }
    })
}

interface ExplainOptions extends CommonOptions {
  readonly road?: string
}

async function explainRoads(table: string, options: ExplainOptions, io: Io): Promise<void> {
  const loaded = await loadConfig(io.cwd, options.config)
  const snapshot = await findSnapshot(loaded, options, io.cwd)
  const roads = roadsTo(snapshot, loaded.config, table)
  io.out(options.json ? renderJson({ table, roads }) : renderRoads(table, roads, io.color))
}

function find(id: string): Check {
  const check = CHECKS.find((candidate) => candidate.id === id)
  if (check) return check
  throw checkUnknown(
    id,
    nearest(
      id,
      CHECKS.map((candidate) => candidate.id),
    ),
  )
}

// The texts of a check, without its functions.
function data({ id, level, title, why, link, broken, fixed, isOptIn }: Check): object {
  return { id, level, optIn: isOptIn ?? false, title, why, link, broken, fixed }
}
