/** The presets by name. */
import { asleep } from './asleep.ts'
import { busy } from './busy.ts'
import { customised } from './customised.ts'
import { healthy } from './healthy.ts'
import { hostile } from './hostile.ts'
import type { Preset } from './preset.ts'

/** The name of a preset. */
export type PresetName = 'healthy' | 'customised' | 'hostile' | 'busy' | 'asleep'

/** Each preset: its sentence, and its scenario to read or to build upon. */
export const presets: Readonly<Record<PresetName, Preset>> = { healthy, customised, hostile, busy, asleep }

/** The names, in the order in which people are shown them. */
export const presetNames: readonly PresetName[] = ['healthy', 'customised', 'hostile', 'busy', 'asleep']
