/** What a preset is: a scenario with one sentence for people who choose. */
import type { Scenario } from '../scenario/scenario.ts'

/** A preset; its scenario names no other preset. */
export interface Preset {
  readonly sentence: string
  readonly scenario: Omit<Scenario, 'preset'>
}
