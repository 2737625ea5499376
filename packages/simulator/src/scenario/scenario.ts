/** A scenario as it is written: the data, people, rights, limits and troubles of an instance, in plain names and values. */
import type { UserOptions } from '../acl.ts'
import type { ApiKey } from '../api-keys.ts'
import type { LateCommits } from '../commits.ts'
import type { FieldKind } from '../dictionary.ts'
import type { Fault } from '../faults.ts'
import type { Semaphore, SessionLock } from '../gate.ts'
import type { ImportMap } from '../import-set.ts'
import type { BusinessRule, DataPolicy } from '../policies.ts'
import type { Quota } from '../quota.ts'
import type { RateRule } from '../rate.ts'
import type { QueryAcl, TableAcl } from '../rights.ts'
import type { OAuthClient, TokenLives } from '../tokens.ts'
import type { WorkOptions } from '../work.ts'

/** A column as a scenario changes or adds it; what is left out stays as it is. */
export interface FieldPlan {
  readonly label?: string
  /** Default for a new column: `integer` when all choices are whole numbers, else `string`. */
  readonly kind?: FieldKind
  /** The table a reference points to. */
  readonly reference?: string
  /** Raw value to label; replaces the choices there were. */
  readonly choices?: Readonly<Record<string, string>>
  /** What an insert gets when the body says nothing. */
  readonly default?: string
  readonly maxLength?: number
  /** An unknown choice in a write is dropped in silence. */
  readonly strictChoice?: boolean
  readonly writable?: boolean
  /** What seeded records hold here: one of these for each record, drawn by the seed. */
  readonly seeded?: readonly string[]
}

/** A table as a scenario changes or adds it. */
export interface TablePlan {
  readonly label?: string
  readonly extends?: string
  /** The column shown when another record points here; for a new table its first one. */
  readonly display?: string
  readonly fields?: Readonly<Record<string, FieldPlan>>
  /** Roles that may read the rows. */
  readonly readRoles?: readonly string[]
  /** Whether a delete leaves a row in `sys_audit_delete`. */
  readonly auditDelete?: boolean
}

/** The clock of a scenario. */
export interface ClockPlan {
  /** ISO 8601. */
  readonly start?: string
  /** Goes on with the machine's clock; default false: it stands still until it is moved (the command lets it go on). */
  readonly follow?: boolean
}

/** Rows that nobody sees, or one user does not see. */
export interface HiddenRows {
  readonly sys_ids: readonly string[]
  readonly user?: string
}

/** A raw value as people write it; it is stored as text. */
export type Scalar = string | number | boolean | null

/** Everything a scenario may say; all of it is optional. */
export interface Scenario {
  /** A preset to begin with; each name given beside it replaces what the preset says there. */
  readonly preset?: string
  /** What the page shows as the instance's name. */
  readonly name?: string
  readonly seed?: number
  readonly incidents?: number
  /** Incidents more without journals, made when they are read. */
  readonly bulkIncidents?: number
  /** Own records by table, stored as they are; a sys_id that is there already is written over. */
  readonly records?: Readonly<Record<string, readonly Readonly<Record<string, Scalar>>[]>>
  readonly users?: readonly UserOptions[]
  readonly tables?: Readonly<Record<string, TablePlan>>
  /** `impact/urgency` to priority. */
  readonly priorities?: Readonly<Record<string, string>>
  readonly clock?: ClockPlan
  readonly latencyMs?: number
  readonly caseSensitive?: boolean
  readonly invalidQueryReturnsNoRows?: boolean
  readonly maxBodyBytes?: number
  readonly maxUrlLength?: number
  /** System properties by name. */
  readonly properties?: Readonly<Record<string, string>>
  readonly oauthClients?: readonly OAuthClient[]
  readonly oauth?: TokenLives
  readonly apiKeys?: readonly ApiKey[]
  /** Staging tables with their transform maps. */
  readonly imports?: readonly ImportMap[]
  readonly attachmentsAskNoCredentials?: boolean
  readonly faults?: readonly Fault[]
  readonly lateCommits?: LateCommits
  readonly quota?: Quota
  readonly semaphore?: Semaphore
  readonly sessionLock?: SessionLock
  readonly rateRules?: readonly RateRule[]
  readonly queryAcls?: readonly QueryAcl[]
  readonly tableAcls?: readonly TableAcl[]
  readonly dataPolicies?: readonly DataPolicy[]
  readonly businessRules?: readonly BusinessRule[]
  readonly hidden?: readonly HiddenRows[]
  readonly work?: WorkOptions
}
