/** The words of `<sn-integrations>`, and those it shares with `<sn-datasets>`. */
import { whatNow } from './advice.ts'

/** Numbers and times arrive as text already formatted for the reader, with the raw count where a plural hangs on it. */
export interface IntegrationMessages {
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

  /** What to do about an error code, where the server gave no hint; empty for codes without advice. */
  whatNow: (code: string) => string
}

export const integrationEnglish: IntegrationMessages = {
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

  whatNow,
}
