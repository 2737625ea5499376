/** The words of `<sn-datasets>`. */

/** Numbers and times arrive as text already formatted for the reader, with the raw count where a plural hangs on it. */
export interface DatasetMessages {
  datasetsHeading: string
  datasetsLoading: string
  datasetsDown: string
  datasetsOf: string
  datasetsEnv: string
  datasetsNone: string
  datasetsNoneText: string
  datasetsNoSource: string
  datasetsNoSourceText: string
  versionsCaption: string
  version: string
  versionNumber: (number: string) => string
  versionActive: string
  versionCreated: string
  versionBy: (who: string) => string
  versionCause: string
  versionChanges: string
  versionIncidents: string
  versionActs: string
  causeSync: string
  causeRollback: (number: string) => string
  changed: (added: string, updated: string, deleted: string) => string
  changedAdded: string
  changedUpdated: string
  changedDeleted: string
  noChanges: string
  openVersion: (number: string) => string
  versionNotes: string
  versionHash: string
  versionParent: string
  exportAs: (format: string) => string
  exporting: string
  exported: (file: string) => string
  incidentsOf: (shown: string, total: string) => string
  incidentsNone: string
  compare: string
  compareFrom: string
  compareTo: string
  compareNow: string
  compareTitle: (from: string, to: string) => string
  compareLoading: string
  compareSame: string
  compareShown: (shown: string, total: string) => string
  changedField: string
  fieldBefore: string
  fieldAfter: string
  rollback: string
  rollbackTo: (number: string) => string
  rollbackTitle: (number: string) => string
  rollbackText: (next: string, number: string, incidents: string, count: number) => string
  rollbackKeeps: string
  rollbackPauses: string
  rollbackReason: string
  rollbackReasonHelp: string
  rollbackReasonMissing: string
  rollingBack: string
  rolledBack: (next: string, number: string) => string
  rollbackRaced: string
  rollbackBusy: string
}

export const datasetEnglish: DatasetMessages = {
  datasetsHeading: 'Dataset versions',
  datasetsLoading: 'Loading versions',
  datasetsDown: 'The versions could not be loaded',
  datasetsOf: 'Source',
  datasetsEnv: 'ServiceNow (server settings)',
  datasetsNone: 'No versions yet',
  datasetsNoneText: 'The first sync that brings incidents makes version 1.',
  datasetsNoSource: 'No ServiceNow integration yet',
  datasetsNoSourceText: 'Versions come from syncs. Add an integration and sync it.',
  versionsCaption: 'Dataset versions, newest first',
  version: 'Version',
  versionNumber: (number) => `Version ${number}`,
  versionActive: 'Active',
  versionCreated: 'Created',
  versionBy: (who) => `by ${who}`,
  versionCause: 'Cause',
  versionChanges: 'Changes',
  versionIncidents: 'Incidents',
  versionActs: 'Actions',
  causeSync: 'Sync',
  causeRollback: (number) => `Rolled back to version ${number}`,
  changed: (added, updated, deleted) => `${added} added, ${updated} updated, ${deleted} deleted`,
  changedAdded: 'Added',
  changedUpdated: 'Updated',
  changedDeleted: 'Deleted',
  noChanges: 'None',
  openVersion: (number) => `Details of version ${number}`,
  versionNotes: 'Reason',
  versionHash: 'Content hash',
  versionParent: 'Follows',
  exportAs: (format) => `Export ${format}`,
  exporting: 'Preparing the file…',
  exported: (file) => `Saved as ${file}.`,
  incidentsOf: (shown, total) => `${shown} of ${total} incidents`,
  incidentsNone: 'This version holds no incidents.',
  compare: 'Compare versions',
  compareFrom: 'From',
  compareTo: 'To',
  compareNow: 'Compare',
  compareTitle: (from, to) => `Version ${from} to version ${to}`,
  compareLoading: 'Comparing',
  compareSame: 'The two versions hold the same incidents.',
  compareShown: (shown, total) => `${shown} of ${total} changed incidents`,
  changedField: 'Field',
  fieldBefore: 'Before',
  fieldAfter: 'After',
  rollback: 'Roll back',
  rollbackTo: (number) => `Roll back to version ${number}`,
  rollbackTitle: (number) => `Roll back to version ${number}?`,
  rollbackText: (next, number, incidents, count) =>
    count === 1
      ? `This makes version ${next} with the one incident of version ${number} and makes it the active one.`
      : `This makes version ${next} with exactly the ${incidents} incidents of version ${number} and makes it the active one.`,
  rollbackKeeps: 'Nothing is removed: every version so far stays as it is. ServiceNow itself is not changed.',
  rollbackPauses:
    'The schedule is paused until somebody resumes it. A sync by hand brings the present state back.',
  rollbackReason: 'Reason',
  rollbackReasonMissing: 'Say why: it is kept with the version.',
  rollbackReasonHelp: 'Kept with the version, for whoever asks later.',
  rollingBack: 'Rolling back…',
  rolledBack: (next, number) => `Version ${next} is active; it equals version ${number}.`,
  rollbackRaced:
    'The data changed while you were deciding. The list has been read again: look once more, then try again.',
  rollbackBusy: 'A sync is under way just now. Wait until it has ended, or cancel it, then try again.',
}
