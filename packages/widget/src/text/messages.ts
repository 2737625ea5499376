/** Every word the elements say, with English complete. Another language is one more object registered the same way. */
import { type FunctionParams, registerTranslation, type Translation } from '@shoelace-style/localize'
import type { AdminMessages } from './admin-messages.ts'
import type { TicketMessages } from './ticket-messages.ts'

/** Numbers and times arrive as text already formatted for the reader, with the raw count where a plural hangs on it. */
interface CommonMessages extends Translation {
  heading: string
  fetchLatest: string
  fetching: string
  retry: string
  loading: string
  tableCaption: string

  connectionChecking: string
  connectionOk: (instance: string) => string
  connectionNotConfigured: string
  connectionMisconfigured: string
  connectionAsleep: (instance: string) => string
  connectionUnreachable: (instance: string) => string
  connectionAuthFailed: (instance: string) => string
  connectionForbidden: string
  connectionError: string
  connectionUnknown: string
  connectionMirror: string
  theInstance: string
  asOf: (time: string) => string

  search: string
  filterState: string
  filterPriority: string
  sortBy: string
  sortAscending: (column: string) => string
  sortDescending: (column: string) => string
  clearFilters: string
  activeFilters: string
  filterChip: (group: string, value: string) => string
  removeFilter: (group: string, value: string) => string
  selectedCount: (count: number) => string

  shown: (shown: string, total: string) => string
  shownAll: (shown: string, count: number) => string
  hiddenByRules: (hidden: string, count: number) => string
  loadMore: string
  loadingMore: string
  announceLoaded: (shown: string) => string
  announceFiltered: (shown: string) => string
  announceOpened: (number: string, position: string, count: string) => string

  staleTitle: (time: string) => string
  staleText: string
  refreshFailed: string

  notConfiguredTitle: string
  notConfiguredText: string
  misconfiguredTitle: string
  misconfiguredText: string
  missingSettings: string
  invalidSettings: string
  noPermissionTitle: string
  noPermissionText: string
  asleepTitle: string
  asleepText: string
  openInstance: string
  nothingFoundTitle: string
  nothingFoundText: string
  emptyTitle: string
  emptyText: string
  unreachableTitle: string
  unreachableText: string
  authFailedTitle: string
  authFailedText: string
  limitedTitle: string
  limitedText: string
  limitedTextSeconds: (seconds: string, count: number) => string
  signedOutTitle: string
  signedOutText: string
  errorTitle: string
  errorText: string
  requestId: (id: string) => string

  details: string
  activity: string
  raw: string
  previous: string
  next: string
  position: (position: string, count: string) => string
  close: string
  copyNumber: string
  copyLink: string
  copyRaw: string
  copied: (what: string) => string
  copyFailed: string
  openInServiceNow: string
  opensInNewTab: string
  detailsFailed: string
  journalHidden: string
  journalEmpty: string
  journalComment: string
  journalWorkNote: string
  linkedTicket: string
  linkedTicketShort: (id: string) => string
  pending: string
  noDescription: string
  unassigned: string
  nameHidden: string
  noValue: string
  customFields: string
  system: string

  pullNow: string
  pulling: string
  pulled: (fetched: string, updated: string) => string
  importOpen: string
  importTitle: string
  importLooking: string
  importFound: (fresh: string, others: string) => string
  importNow: (fresh: string) => string
  importing: string
  imported: (made: string, skipped: string) => string
  importNew: string
  importHere: string
  importSkipped: string

  fieldNumber: string
  fieldShortDescription: string
  fieldDescription: string
  fieldState: string
  fieldPriority: string
  fieldImpact: string
  fieldUrgency: string
  fieldCategory: string
  fieldSubcategory: string
  fieldAssignmentGroup: string
  fieldAssignedTo: string
  fieldCaller: string
  fieldOpenedAt: string
  fieldUpdatedOn: string
  fieldResolvedAt: string
  fieldCloseCode: string
  fieldCloseNotes: string
}

export interface Messages extends CommonMessages, TicketMessages, AdminMessages {}

export type MessageKey = Exclude<keyof Messages, keyof Translation>

/** Says one message in the reader's language. Example: `say('asOf', '10:42')` is `as of 10:42`. */
export type Say = <K extends MessageKey>(key: K, ...values: FunctionParams<Messages[K]>) => string

/** Some of the messages, to replace ours: `element.messages = { heading: 'Outages' }`. */
export type MessageOverrides = Partial<Pick<Messages, MessageKey>>

export const english: CommonMessages = {
  $code: 'en',
  $name: 'English',
  $dir: 'ltr',

  heading: 'ServiceNow incidents',
  fetchLatest: 'Fetch latest incidents',
  fetching: 'Fetching…',
  retry: 'Try again',
  loading: 'Loading incidents',
  tableCaption: 'Incidents in ServiceNow',

  connectionChecking: 'Checking the connection…',
  connectionOk: (instance) => `Connected to ${instance}`,
  connectionNotConfigured: 'Not configured',
  connectionMisconfigured: 'Settings incomplete',
  connectionAsleep: (instance) => `${instance} is asleep`,
  connectionUnreachable: (instance) => `Cannot reach ${instance}`,
  connectionAuthFailed: (instance) => `Sign-in refused by ${instance}`,
  connectionForbidden: 'Connected, but not allowed to read incidents',
  connectionError: 'Connection has a problem',
  connectionUnknown: 'Connection unknown',
  connectionMirror: 'Showing the saved copy',
  theInstance: 'the instance',
  asOf: (time) => `as of ${time}`,

  search: 'Search incidents',
  filterState: 'State',
  filterPriority: 'Priority',
  sortBy: 'Sort by',
  sortAscending: (column) => `${column} ↑`,
  sortDescending: (column) => `${column} ↓`,
  clearFilters: 'Clear',
  activeFilters: 'Active filters',
  filterChip: (group, value) => `${group}: ${value}`,
  removeFilter: (group, value) => `Remove filter ${group}: ${value}`,
  selectedCount: (count) => `${count} selected`,

  shown: (shown, total) => `${shown} of ${total} incidents`,
  shownAll: (shown, count) => (count === 1 ? '1 incident' : `${shown} incidents`),
  hiddenByRules: (hidden, count) =>
    count === 1
      ? '1 more is hidden by access rules in ServiceNow'
      : `${hidden} more are hidden by access rules in ServiceNow`,
  loadMore: 'Load more',
  loadingMore: 'Loading…',
  announceLoaded: (shown) => `Incidents loaded: ${shown}`,
  announceFiltered: (shown) => `List updated: ${shown}`,
  announceOpened: (number, position, count) => `${number}, ${position} of ${count}`,

  staleTitle: (time) => `Saved copy, as of ${time}`,
  staleText: 'ServiceNow does not answer right now. This is the last state we stored.',
  refreshFailed: 'The list could not be refreshed.',

  notConfiguredTitle: 'ServiceNow is not configured yet',
  notConfiguredText: 'Once an instance is connected, its incidents appear here, newest first.',
  misconfiguredTitle: 'The ServiceNow settings are incomplete',
  misconfiguredText: 'The connection cannot be tried until these settings are there and valid.',
  missingSettings: 'Missing',
  invalidSettings: 'Not valid',
  noPermissionTitle: 'You cannot see incidents here',
  noPermissionText:
    'Your account, or the one that connects to ServiceNow, may not read incidents. An administrator can grant it.',
  asleepTitle: 'The instance is asleep',
  asleepText:
    'Developer instances hibernate when nobody uses them. Open it once to wake it; that takes a few minutes.',
  openInstance: 'Open the instance',
  nothingFoundTitle: 'Nothing matches',
  nothingFoundText: 'No incident fits this search and these filters.',
  emptyTitle: 'No incidents',
  emptyText: 'The connection works; there is simply nothing to show.',
  unreachableTitle: 'ServiceNow does not answer',
  unreachableText: 'The server could not reach the instance. This is often over in a minute.',
  authFailedTitle: 'ServiceNow refused the sign-in',
  authFailedText:
    'The stored user name, password or token is not accepted any more. An administrator can renew it.',
  limitedTitle: 'A short pause, please',
  limitedText: 'Too many requests in a short time. Try again in a moment.',
  limitedTextSeconds: (seconds, count) =>
    count === 1
      ? 'Too many requests in a short time. Try again in a second.'
      : `Too many requests in a short time. Try again in ${seconds} seconds.`,
  signedOutTitle: 'Please sign in',
  signedOutText: 'Your session has ended, or you have not signed in yet.',
  errorTitle: 'The incidents could not be loaded',
  errorText: 'Something went wrong on the way. Trying again may help.',
  requestId: (id) => `Request ${id}`,

  details: 'Details',
  activity: 'Activity',
  raw: 'Raw',
  previous: 'Previous incident',
  next: 'Next incident',
  position: (position, count) => `${position} of ${count}`,
  close: 'Close',
  copyNumber: 'Copy number',
  copyLink: 'Copy link',
  copyRaw: 'Copy JSON',
  copied: (what) => `Copied ${what}`,
  copyFailed: 'Copying was not allowed by the browser',
  openInServiceNow: 'Open in ServiceNow',
  opensInNewTab: '(opens in a new tab)',
  detailsFailed: 'The activity could not be loaded.',
  journalHidden: 'The connecting account may not read the activity of this incident.',
  journalEmpty: 'No comments or work notes yet.',
  journalComment: 'Comment',
  journalWorkNote: 'Work note',
  linkedTicket: 'Linked ticket',
  linkedTicketShort: (id) => `Linked to ticket ${id}`,
  pending: 'A change is on its way to ServiceNow',
  noDescription: 'No description.',
  unassigned: 'Unassigned',
  nameHidden: 'Name unknown',
  noValue: 'Empty',
  customFields: 'Custom fields',
  system: 'System',

  pullNow: 'Pull now',
  pulling: 'Pulling…',
  pulled: (fetched, updated) => `Pulled. ${fetched} fetched, ${updated} updated.`,
  importOpen: 'Import as tickets…',
  importTitle: 'Import as tickets',
  importLooking: 'Looking for new incidents…',
  importFound: (fresh, others) => `${fresh} new, ${others} already here or skipped. Nothing is made yet.`,
  importNow: (fresh) => `Import ${fresh}`,
  importing: 'Importing…',
  imported: (made, skipped) => `Imported ${made}, skipped ${skipped}.`,
  importNew: 'New',
  importHere: 'Already here',
  importSkipped: 'Skipped',

  fieldNumber: 'Number',
  fieldShortDescription: 'Short description',
  fieldDescription: 'Description',
  fieldState: 'State',
  fieldPriority: 'Priority',
  fieldImpact: 'Impact',
  fieldUrgency: 'Urgency',
  fieldCategory: 'Category',
  fieldSubcategory: 'Subcategory',
  fieldAssignmentGroup: 'Assignment group',
  fieldAssignedTo: 'Assigned to',
  fieldCaller: 'Caller',
  fieldOpenedAt: 'Opened',
  fieldUpdatedOn: 'Updated',
  fieldResolvedAt: 'Resolved',
  fieldCloseCode: 'Close code',
  fieldCloseNotes: 'Close notes',
}

/** Makes English the fallback. Called when an element is first created, so that importing a class changes nothing. */
export function registerEnglish(): void {
  registerTranslation(english)
}

/** Adds the words of one element to them. The fallback is the object registered first, so it is that one that grows. */
export function addEnglish(words: TicketMessages | AdminMessages): void {
  registerTranslation(Object.assign(english, words))
}
