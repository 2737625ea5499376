/** `@snowline/sdk/node`: what needs Node and therefore stays out of the core. */

export { type NetworkOptions, networkChecks } from './network-checks.ts'
