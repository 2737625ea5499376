/** From a scenario to the options of an instance: the preset below, what is data as data, what happens as its beginning. */
import type { Control } from '../control.ts'
import type { InstanceOptions } from '../instance.ts'
import { type PresetName, presets } from '../presets/index.ts'
import type { RawRecord } from '../table-store.ts'
import type { Scenario } from './scenario.ts'
import { dressFrom, tablesFrom } from './tables.ts'

/** Lays a scenario over its preset, property by property; a `null` takes away what the preset set. */
function overPreset(scenario: Scenario): Scenario {
  const { preset, ...own } = scenario
  if (preset === undefined) return own
  const below = presets[preset as PresetName].scenario
  const properties = own.properties && { ...below.properties, ...own.properties }
  const merged = { name: preset, ...below, ...own, ...(properties ? { properties } : {}) }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}

function beginning(scenario: Scenario): (control: Control) => void {
  const { faults, rateRules, queryAcls, tableAcls, dataPolicies, businessRules, hidden } = scenario
  const { lateCommits, quota, semaphore, sessionLock, work } = scenario
  return (control) => {
    for (const fault of faults ?? []) control.setFault(fault)
    for (const rule of rateRules ?? []) control.rateRule(rule)
    for (const rule of queryAcls ?? []) control.queryAcl(rule)
    for (const rule of tableAcls ?? []) control.tableAcl(rule)
    for (const policy of dataPolicies ?? []) control.dataPolicy(policy)
    for (const rule of businessRules ?? []) control.businessRule(rule)
    for (const { sys_ids, user } of hidden ?? []) control.hide(sys_ids, user)
    if (lateCommits) control.lateCommits(lateCommits)
    if (quota) control.quota(quota)
    if (semaphore) control.semaphore(semaphore)
    if (sessionLock) control.sessionLock(sessionLock)
    if (work) control.work(work)
  }
}

function recordsOf({ records = {} }: Scenario): Record<string, RawRecord[]> {
  return Object.fromEntries(
    Object.entries(records).map(([table, rows]) => [
      table,
      rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value ?? '')])),
      ),
    ]),
  )
}

/** What an instance takes as it is. */
const PLAIN = [
  'name',
  'seed',
  'incidents',
  'bulkIncidents',
  'users',
  'priorities',
  'latencyMs',
  'caseSensitive',
  'invalidQueryReturnsNoRows',
  'maxBodyBytes',
  'maxUrlLength',
  'properties',
  'oauthClients',
  'oauth',
  'apiKeys',
  'imports',
  'attachmentsAskNoCredentials',
] as const satisfies readonly (keyof Scenario & keyof InstanceOptions)[]

/** The options of `createInstance` for a scenario that was checked. */
export function resolveScenario(given: Scenario): InstanceOptions {
  const scenario = overPreset(given)
  const { clock, tables = {}, seed = 1 } = scenario
  const plain = Object.fromEntries(
    PLAIN.filter((name) => scenario[name] !== undefined).map((name) => [name, scenario[name]]),
  )
  const dress = dressFrom(tables, seed)
  const start = clock?.start === undefined ? {} : { start: clock.start }
  return {
    ...plain,
    tables: tablesFrom(tables),
    records: recordsOf(scenario),
    ...(dress ? { dress } : {}),
    ...(clock ? { clock: { ...start, ...(clock.follow ? { now: Date.now } : {}) } } : {}),
    begin: beginning(scenario),
  }
}
