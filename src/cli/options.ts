import { Option } from 'commander'

/** The values of the options below; a command extends them with its own. */
export interface CommonOptions {
  readonly config?: string
  readonly url?: string
  readonly json?: boolean
}

export function configOption(): Option {
  return new Option(
    '-c, --config <path>',
    'config file (default: kysely-tenants.config.ts, .mts, .js, .mjs or .json in this folder or above)',
  )
}

export function urlOption(): Option {
  return new Option('--url <url>', 'database, instead of the `connection` of the config')
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON')
}
