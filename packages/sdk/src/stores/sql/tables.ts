/** The tables the SDK owns in a SQL database, all named `sl_*`. */
import type { Generated } from 'kysely'

export type SnowlineTables = {
  sl_states: {
    stream: number
    integration: string
    fingerprint: string
    generation: number
    watermark: string | null
    head: number
    open: number
    progress: string | null
    incident_count: number
    added: number
    updated: number
    deleted: number
    content_hash: string
    passes: string
    page_limit: number | null
    skipped: string
  }
  sl_rows: {
    stream: number
    sys_id: string
    from_version: number
    to_version: number | null
    u: string
    mod: number
    observed: number
    generation: number
    hash: string
    body: string
  }
  sl_versions: {
    stream: number
    number: number
    parent: number | null
    active: number
    incident_count: number
    added: number
    updated: number
    deleted: number
    watermark: string | null
    generation: number
    created_at: string
    created_by: string
    run_id: string | null
    cause: string
    notes: string | null
    content_hash: string
    deletes_to: string | null
  }
  sl_changes: {
    seq: number
    stream: number
    run: string
    version: number
    sys_id: string
    kind: string
    cause: string | null
  }
  sl_outbox: {
    seq: Generated<number>
    op_id: string
    connection: string
    ticket: string
    kind: string
    key: string
    sys_id: string | null
    payload: string
    base: string
    state: string
    created_at: number
    not_before: number
    unknown_until: number | null
    tries: number
    token: number
    claimed_until: number
    look_first: number
    conflicts: string
    force: number
    fault: string | null
    result: string | null
  }
  sl_leases: {
    name: string
    owner: string | null
    token: number
    expires_at: number
  }
}
