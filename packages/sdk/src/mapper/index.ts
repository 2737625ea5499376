/** `@snowline/sdk/mapper`: tickets to records and back, three-way merge, and the help desk's preset. */

// What goes in and what comes out
export type {
  ChoiceOption,
  DryRun,
  FieldChange,
  JournalEntries,
  LookupAnswer,
  LookupRequest,
  MappedRecord,
  MappedTicket,
  MappingContext,
  MappingWarning,
  MissingField,
  RawFields,
  RecordPatch,
  SettingValues,
  Unmapped,
} from './context.ts'
// The preset
export {
  type CopilotMapperOptions,
  type CopilotRuleName,
  type CopilotSettings,
  type CopilotTicket,
  copilotMapper,
} from './copilot.ts'
export { type CorrelationParts, correlationKey, maxCorrelationLength } from './correlation.ts'
// Declaring a mapper
export { defineMapper, type Mapper } from './define-mapper.ts'
// Three-way merge
export {
  type FieldPolicy,
  type MergeConflict,
  type MergeInput,
  type MergePolicy,
  type MergeResult,
  merge,
} from './merge.ts'
export type { TicketPath } from './path.ts'
export type {
  ComputedRule,
  ConstantRule,
  DateRule,
  Demand,
  FieldCondition,
  FieldOf,
  From,
  MapperDeclaration,
  PassthroughRule,
  ReferenceRule,
  Rule,
  TextRule,
  ValuesRule,
} from './rules.ts'
