/** `@snowline/sdk/testing`: contract suites for drivers, free of any test runner. */

export { type ContractCase, storeContract } from './store-contract.ts'
