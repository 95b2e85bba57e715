import type pg from 'pg'

/** The state that a pooled client brings along for its next user. */
export interface ClientState {
  readonly tenant: string | null
  readonly rows: number
  readonly inTransaction: boolean
  readonly hasLeftovers: boolean
}

export async function readState(client: pg.ClientBase): Promise<ClientState> {
  try {
    const { rows } = await client.query<ClientState>(`
      select nullif(current_setting('app.tenant_id', true), '') as tenant,
        (select count(*)::int from projects) as rows,
        now() <> statement_timestamp() as "inTransaction",
        to_regclass('pg_temp.leftovers') is not null as "hasLeftovers"`)
    return rows[0] as ClientState
  } catch (error) {
    if ((error as { code?: string }).code !== IN_FAILED_TRANSACTION) throw error
    return { tenant: null, rows: 0, inTransaction: true, hasLeftovers: false }
  }
}

const IN_FAILED_TRANSACTION = '25P02'

export function isClean({ tenant, rows, inTransaction, hasLeftovers }: ClientState): boolean {
  return tenant === null && rows === 0 && !inTransaction && !hasLeftovers
}
