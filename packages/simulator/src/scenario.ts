/** Entry `@snowline/simulator/scenario`: instances described by presets, plain data, or a file. */
import { basename } from 'node:path'
import type { InstanceOptions } from './instance.ts'
import { type PresetName, presets } from './presets/index.ts'
import { checkScenario } from './scenario/check.ts'
import { readScenarioFile } from './scenario/load.ts'
import { resolveScenario } from './scenario/resolve.ts'
import type { Scenario } from './scenario/scenario.ts'

export type { FieldKind } from './dictionary.ts'
export { type PresetName, presetNames, presets } from './presets/index.ts'
export { ScenarioError, type ScenarioProblem } from './scenario/problem.ts'
export type { ClockPlan, FieldPlan, HiddenRows, Scalar, Scenario, TablePlan } from './scenario/scenario.ts'

/**
 * The options of an instance that a preset or a scenario describes. It throws `ScenarioError` with all problems when
 * the data is no scenario, so it takes unknown data too.
 *
 * @example createInstance(fromScenario('hostile'))
 * @example createInstance(fromScenario({ preset: 'busy', seed: 7, latencyMs: 0 }))
 */
export function fromScenario(scenario: PresetName | Scenario): InstanceOptions {
  const plain = typeof scenario === 'string' ? { preset: scenario } : scenario
  return resolveScenario(checkScenario(plain, presets))
}

/**
 * The options of an instance that a file describes: JSON, or YAML when the name ends in `.yaml` or `.yml`. It rejects
 * with `ScenarioError` for a file that is not there, cannot be parsed, or is no scenario.
 *
 * @example createInstance(await loadScenario('monday.yaml'))
 */
export async function loadScenario(file: string): Promise<InstanceOptions> {
  const plain = await readScenarioFile(file)
  return resolveScenario(checkScenario(plain, presets, basename(file)))
}
