import { Command } from 'commander'
import type { Check } from '../../checks/check.ts'
import { CHECKS } from '../../checks/registry.ts'
import { checkUnknown } from '../../errors/command/check.ts'
import { nearest } from '../../util/nearest.ts'
import type { Io } from '../io.ts'
import { type CommonOptions, jsonOption } from '../options.ts'
import { renderCheck, renderChecks } from '../render/explain.ts'
import { renderJson } from '../render/json.ts'

const HELP = `
Examples:
  kysely-tenants explain
  kysely-tenants explain rls-not-forced`

export function explainCommand(io: Io): Command {
  return new Command('explain')
    .description('list all checks, or explain why one matters and how to resolve it')
    .argument('[check]', 'as the audit names it')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((id: string | undefined, { json }: CommonOptions) => {
      if (id === undefined) {
        io.out(json ? renderJson({ checks: CHECKS.map(data) }) : renderChecks(CHECKS, io))
      } else {
        const check = find(id)
        io.out(json ? renderJson(data(check)) : renderCheck(check, io))
      }
    })
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
