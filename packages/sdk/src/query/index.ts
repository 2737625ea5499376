/** Entry `./query`: conditions applied to records at hand, as an instance would; pure, and of no use to a program that only asks. */
export type { CompareOptions, RawRecord } from './compare.ts'
export { compareRecords, type EvaluateOptions, matches } from './evaluate.ts'
export { evaluateHelper } from './helper-clock.ts'
