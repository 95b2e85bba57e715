import type pg from 'pg'

/**
 * The state that a pooled client brings along for its next user. Residue of functions is not of it: only
 * the next lease is kept from that.
 */
export interface ClientState {
  readonly tenant: string | null
  readonly rows: number
  readonly inTransaction: boolean
  readonly hasLeftovers: boolean
}

export async function readState(client: pg.ClientBase): Promise<ClientState> {
  try {
    const results = await client.query(`
      set local row_security = on; set local role none; set local search_path = public;
      select nullif(current_setting('app.tenant_id', true), '') as tenant,
        (select count(*)::int from projects) as rows,
        now() <> statement_timestamp() as "inTransaction",
        to_regclass('pg_temp.leftovers') is not null as "hasLeftovers"`)
    // One for each command.
    return (results as unknown as pg.QueryResult<ClientState>[]).at(-1)?.rows[0] as ClientState
  } catch (error) {
    if ((error as { code?: string }).code !== IN_FAILED_TRANSACTION) throw error
    return { tenant: null, rows: 0, inTransaction: true, hasLeftovers: false }
  }
}

const IN_FAILED_TRANSACTION = '25P02'

export function isClean({ tenant, rows, inTransaction, hasLeftovers }: ClientState): boolean {
  return tenant === null && rows === 0 && !inTransaction && !hasLeftovers
}
