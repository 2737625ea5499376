/** What an administrator of the instance sets up: properties, OAuth clients, API keys, import maps, policies and rules, files. */
import type { ApiKey } from './api-keys.ts'
import { type AttachedFile, attachFile } from './attached.ts'
import type { ImportMap } from './import-set.ts'
import type { BusinessRule, DataPolicy } from './policies.ts'
import { setProperty } from './properties.ts'
import type { OAuthClient, TokenLives } from './tokens.ts'
import type { World } from './world.ts'

/** The control methods of administration. */
export interface Administration {
  /**
   * Sets a system property (`PROPERTY_DEFAULTS` lists those that are obeyed), or takes its row away without a value.
   *
   * @example control.property('glide.invalid_query.returns_no_rows', 'true')
   */
  property(name: string, value?: string): void
  /** How long tokens live that are given from now on. */
  oauth(lives: TokenLives): void
  /** Registers an application that may ask for tokens, or replaces the one of that id. */
  oauthClient(client: OAuthClient): void
  /** Takes all tokens back, access and refresh. */
  revokeTokens(): void
  /** Adds an API key. */
  apiKey(key: ApiKey): void
  /**
   * Demands columns wherever a condition holds; a write without them is 403 `Data Policy Exception` with their labels.
   * Gives the id.
   *
   * @example control.dataPolicy({ table: 'incident', mandatory: ['assignment_group'], when: 'priority=1' })
   */
  dataPolicy(policy: DataPolicy): string
  /** Aborts writes as a business rule does: 403 with its name and id. Gives the id. */
  businessRule(rule: BusinessRule): string
  /** Takes a data policy or business rule away, or all; the delivered policy for resolved incidents stays. */
  clearPolicies(id?: string): void
  /** Takes an API key away. */
  removeApiKey(key: string): void
  /** Adds a staging table with its transform map. */
  importMap(map: ImportMap): void
  /**
   * Hangs a file of any size on a record without memory for its bytes: they are made when they are read, the same for
   * the same seed. Gives the sys_id of the attachment.
   *
   * @example control.attach({ table: 'incident', sysId, fileName: 'trace.bin', sizeBytes: 104_857_600 })
   */
  attach(file: AttachedFile): string
}

/** Creates these methods over the state as it is now. */
export function administer(world: () => World): Administration {
  return {
    property: (name, value) => setProperty(world(), name, value),
    oauth: (lives) => world().tokens.live(lives),
    oauthClient: (client) => world().tokens.register(client),
    revokeTokens: () => world().tokens.revoke(),
    apiKey: (key) => world().apiKeys.add(key),
    removeApiKey: (key) => world().apiKeys.remove(key),
    dataPolicy: (policy) => world().policies.dataPolicy(policy),
    businessRule: (rule) => world().policies.businessRule(rule),
    clearPolicies: (id) => world().policies.clear(id),
    importMap: (map) => world().imports.add(map),
    attach: (file) => attachFile(world(), file),
  }
}
