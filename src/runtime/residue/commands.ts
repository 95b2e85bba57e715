import { bindAndExecute } from '../bind-and-execute.ts'

/** A command without parameters that is prepared once for each client. */
export interface Utility {
  readonly name: string
  readonly text: string
  /** Its Bind and Execute. */
  readonly message: Buffer
}

/** To close hold cursors costs less than to ask for them. */
export const CLOSE_ALL: Utility = utility('kysely_tenants_close_all', 'close all')

export const DISCARD_TEMP: Utility = utility('kysely_tenants_discard_temp', 'discard temp')

function utility(name: string, text: string): Utility {
  return { name, text, message: bindAndExecute(name, []) }
}
