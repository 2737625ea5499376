/** The words of `<sn-integrations>` and `<sn-datasets>`, which come with those elements and with nothing else. */
import { whatNow } from './advice.ts'

/** Numbers and times arrive as text already formatted for the reader, with the raw count where a plural hangs on it. */
export interface AdminMessages {
  integrationsHeading: string
  integrationsLoading: string
  integrationsDown: string
  integrationsNone: string
  integrationsNoneText: string
  integrationsNoneView: string
  adminForbidden: string
  adminForbiddenText: string
  refreshedFailed: string
  addIntegration: string
  editIntegration: string
  integrationAbout: (name: string) => string
  active: string
  inactive: string
  setActive: (name: string) => string
  authBasic: string
  authToken: string
  authOauth: string
  syncNever: string
  syncGood: string
  syncBad: string
  syncGoing: string
  lastSyncAt: string
  lastGood: string
  schedule: string
  noSchedule: string
  scheduleIdle: string
  schedulePaused: string
  pausedBy: (who: string) => string
  resume: string
  resuming: string
  resumed: (name: string) => string
  pause: string
  pausing: string
  paused: (name: string) => string
  syncNow: string
  startingSync: string
  otherService: string
  testNow: string
  testing: string
  testFine: string
  testNotFine: string
  edit: string
  history: string
  remove: string
  removeTitle: (name: string) => string
  removeText: string
  removeNow: string
  removing: string
  removed: (name: string) => string
  turnedOn: (name: string) => string
  turnedOff: (name: string) => string
  keepIt: string
  abandon: string
  didNotWork: string

  runOf: (name: string) => string
  runStarting: string
  runLost: string
  runBatch: (batch: string, total: string) => string
  runFigures: (added: string, updated: string, unchanged: string, deleted: string) => string
  runOfTotal: (done: string, total: string) => string
  runLeft: (time: string) => string
  runCancel: string
  runCancelling: string
  runDone: string
  runDoneNothing: string
  runVersion: (version: string) => string
  runCancelled: string
  runFailed: string
  runConfirm: string
  dismiss: string
  announceRun: (name: string, what: string) => string

  formNew: string
  formEdit: (name: string) => string
  formText: string
  formService: string
  formSignIn: string
  formReading: string
  formActive: string
  formActiveText: string
  formSave: string
  formCreate: string
  formSaving: string
  saved: (name: string) => string
  created: (name: string) => string
  formFaults: string
  secretKept: string
  optional: string
  fieldUrl: string
  fieldUsername: string
  fieldPassword: string
  fieldApiToken: string
  fieldEmail: string
  fieldClientId: string
  fieldClientSecret: string
  fieldTokenUrl: string
  fieldGrantType: string
  fieldRefreshToken: string
  fieldAccessToken: string
  fieldSchedule: string
  fieldTable: string
  fieldQuery: string
  fieldFields: string
  fieldBatchSize: string
  fieldStartDate: string
  helpUrl: string
  helpEmail: string
  helpSchedule: string
  helpTable: string
  helpQuery: string
  helpFields: string
  helpBatchSize: string
  helpStartDate: string
  helpTokenUrl: string
  grantAuto: string
  authChanges: string

  planMinutes: (every: string, count: number) => string
  planHours: (every: string, count: number) => string
  planHourly: (minute: string) => string
  planDaily: (time: string) => string
  planWeekdays: (time: string) => string
  planWeekly: (day: string, time: string) => string
  planMonthly: (day: string, time: string) => string

  historyTitle: (name: string) => string
  historyNone: string
  historyWhen: string
  historyTrigger: string
  historyResult: string
  triggerManual: string
  triggerSchedule: string
  triggerApi: string
  runQueued: string
  runRunning: string
  runSuccess: string
  runError: string
  runInterrupted: string
  runStopped: string
  took: (time: string) => string

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

  /** What to do about an error code, where the server gave no hint; empty for codes without advice. */
  whatNow: (code: string) => string
}

export const adminEnglish: AdminMessages = {
  integrationsHeading: 'Integrations',
  integrationsLoading: 'Loading integrations',
  integrationsDown: 'The integrations could not be loaded',
  integrationsNone: 'Nothing is connected yet',
  integrationsNoneText: 'Add your ServiceNow instance; its incidents can be synced right after.',
  integrationsNoneView: 'An administrator can add the first integration.',
  adminForbidden: 'This is not part of your account',
  adminForbiddenText: 'An administrator can give you the permission.',
  refreshedFailed: 'The list could not be refreshed.',
  addIntegration: 'Add integration',
  editIntegration: 'Edit',
  integrationAbout: (name) => `Integration ${name}`,
  active: 'Active',
  inactive: 'Inactive',
  setActive: (name) => `${name} is active`,
  authBasic: 'User name and password',
  authToken: 'API token',
  authOauth: 'OAuth 2.0',
  syncNever: 'Never synced',
  syncGood: 'Synced',
  syncBad: 'Last sync failed',
  syncGoing: 'Syncing',
  lastSyncAt: 'Last sync',
  lastGood: 'the last good one',
  schedule: 'Schedule',
  noSchedule: 'By hand only',
  scheduleIdle: 'not while inactive',
  schedulePaused: 'Schedule paused',
  pausedBy: (who) => `by ${who}`,
  resume: 'Resume',
  resuming: 'Resuming…',
  resumed: (name) => `The schedule of ${name} runs again.`,
  pause: 'Pause',
  pausing: 'Pausing…',
  paused: (name) => `The schedule of ${name} is paused.`,
  syncNow: 'Sync now',
  startingSync: 'Starting…',
  otherService: 'Kept here only; this server syncs ServiceNow.',
  testNow: 'Test',
  testing: 'Testing…',
  testFine: 'The connection works',
  testNotFine: 'The connection has a problem',
  edit: 'Edit',
  history: 'History',
  remove: 'Delete',
  removeTitle: (name) => `Delete ${name}?`,
  removeText:
    'Its credentials are erased and it is not synced any more. The dataset versions made from it are kept.',
  removeNow: 'Delete integration',
  removing: 'Deleting…',
  removed: (name) => `${name} was deleted.`,
  turnedOn: (name) => `${name} is active.`,
  turnedOff: (name) => `${name} is inactive; its schedule does not run.`,
  keepIt: 'Keep it',
  abandon: 'Cancel',
  didNotWork: 'That did not work',

  runOf: (name) => `Sync of ${name}`,
  runStarting: 'Starting the sync',
  runLost: 'The connection broke off; joining again. The sync goes on.',
  runBatch: (batch, total) => `Batch ${batch} of ${total}`,
  runFigures: (added, updated, unchanged, deleted) =>
    `${added} added, ${updated} updated, ${unchanged} unchanged, ${deleted} deleted`,
  runOfTotal: (done, total) => `${done} of ${total} incidents`,
  runLeft: (time) => `about ${time} left`,
  runCancel: 'Cancel sync',
  runCancelling: 'Cancelling…',
  runDone: 'Sync finished',
  runDoneNothing: 'Everything was up to date already',
  runVersion: (version) => `dataset version ${version}`,
  runCancelled: 'Sync cancelled. What was read so far is not lost; the next sync goes on from there.',
  runFailed: 'The sync failed',
  runConfirm: 'They are really gone: sync and delete them here',
  dismiss: 'Dismiss',
  announceRun: (name, what) => `${name}: ${what}`,

  formNew: 'Add integration',
  formEdit: (name) => `Edit ${name}`,
  formText: 'Credentials are stored encrypted and never shown again.',
  formService: 'Service',
  formSignIn: 'Sign-in',
  formReading: 'What is read, and when',
  formActive: 'Active',
  formActiveText: 'The schedule runs only while it is active. Syncing by hand always works.',
  formSave: 'Save changes',
  formCreate: 'Add integration',
  formSaving: 'Saving…',
  saved: (name) => `${name} was saved.`,
  created: (name) => `${name} was added.`,
  formFaults: 'Please look at these fields again',
  secretKept: 'Set. Leave empty to keep it.',
  optional: '(optional)',
  fieldUrl: 'Address',
  fieldUsername: 'User name',
  fieldPassword: 'Password',
  fieldApiToken: 'API token',
  fieldEmail: 'E-mail',
  fieldClientId: 'Client ID',
  fieldClientSecret: 'Client secret',
  fieldTokenUrl: 'Token address',
  fieldGrantType: 'Grant',
  fieldRefreshToken: 'Refresh token',
  fieldAccessToken: 'Access token',
  fieldSchedule: 'Schedule',
  fieldTable: 'Table',
  fieldQuery: 'Filter',
  fieldFields: 'Fields',
  fieldBatchSize: 'Batch size',
  fieldStartDate: 'Created since',
  helpUrl: 'For example https://dev12345.service-now.com',
  helpEmail: 'With it the token is sent as a password of this address, without it as an API key.',
  helpSchedule:
    'Cron: minute, hour, day, month, weekday. */15 * * * * is every 15 minutes. Empty: by hand only.',
  helpTable: 'Empty: incident',
  helpQuery: 'An encoded query, for example active=true^priority<=2',
  helpFields: 'A comma list. Empty: every field',
  helpBatchSize: '1 to 500; empty: 5',
  helpStartDate: 'Older incidents are left out for good. Empty: all of them',
  helpTokenUrl: 'Empty: /oauth_token.do of the instance',
  grantAuto: 'What fits the fields',
  authChanges: 'Another way of signing in needs its credentials anew.',

  planMinutes: (every, count) => (count === 1 ? 'Every minute' : `Every ${every} minutes`),
  planHours: (every, count) => (count === 1 ? 'Every hour' : `Every ${every} hours`),
  planHourly: (minute) => `Every hour at minute ${minute}`,
  planDaily: (time) => `Every day at ${time} UTC`,
  planWeekdays: (time) => `Monday to Friday at ${time} UTC`,
  planWeekly: (day, time) => `Every ${day} at ${time} UTC`,
  planMonthly: (day, time) => `On day ${day} of each month at ${time} UTC`,

  historyTitle: (name) => `Syncs of ${name}`,
  historyNone: 'It has not been synced yet.',
  historyWhen: 'Started',
  historyTrigger: 'By',
  historyResult: 'Result',
  triggerManual: 'By hand',
  triggerSchedule: 'Schedule',
  triggerApi: 'API',
  runQueued: 'Waiting',
  runRunning: 'Running',
  runSuccess: 'Finished',
  runError: 'Failed',
  runInterrupted: 'Interrupted',
  runStopped: 'Cancelled',
  took: (time) => `took ${time}`,

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

  whatNow,
}
