/** `@snowline/sdk/testing`: contract suites for drivers, free of any test runner. */

export {
  type MapperCase,
  type MapperSample,
  type MapperUnderTest,
  mapperContract,
} from './mapper-contract.ts'
export { type OutboxCase, outboxContract } from './outbox-contract.ts'
export { type ContractCase, storeContract } from './store-contract.ts'
export { type HistoryOptions, versionHistory } from './version-history.ts'
