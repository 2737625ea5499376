/** The words of `<sn-ticket>`, apart from the others so that a page without it does not download them. */
import { whatNow } from './advice.ts'

/** Numbers arrive as text already formatted for the reader, with the raw count where a plural hangs on it. */
export interface TicketMessages {
  ticketHeading: string
  ticketLoading: string
  linkUnlinked: string
  linkOk: string
  linkPending: string
  linkWaiting: string
  linkFailed: string
  ticketDown: string

  unlinkedText: string
  notConnectedText: string
  notAllowedToPush: string
  createIncident: string
  linkExisting: string
  linkLabel: string
  linkHint: string
  linkNow: string
  linking: string
  linkedNow: (number: string) => string
  cancel: string

  thisTicket: string
  theIncident: string
  incidentUnknown: string
  lastSync: string
  never: string
  statusOpen: string
  statusInProgress: string
  statusPending: string
  statusResolved: string
  statusClosed: string

  syncStatus: string
  syncing: string
  synced: (changes: string) => string
  syncedNothing: string
  addNote: string
  noSuggestions: string
  unlink: string
  unlinkQuestion: (number: string) => string
  unlinkText: string
  keepLink: string
  unlinking: string
  unlinkedNow: (number: string) => string

  createTitle: string
  createText: string
  syncTitle: string
  syncText: string
  noteTitle: string
  noteText: (number: string) => string
  noteLabel: string
  send: string
  sending: string
  creating: string
  previewLoading: string
  fieldsMissing: string
  fieldsMain: string
  fieldsMore: string
  fieldsFixed: string
  fieldsWarn: string
  fieldsUnmapped: string
  given: string
  createdNow: (number: string) => string
  createdBefore: (number: string) => string
  notedNow: string
  sentUnconfirmed: string
  notSent: string

  pendingCreate: string
  pendingUpdate: string
  pendingText: string
  unconfirmedTitle: string
  unconfirmedText: string
  nextTry: string
  failedTitle: string
  failedText: string
  retrying: string
  retriedNow: string
  conflictTitle: string
  conflictText: string
  conflictField: string
  ours: string
  theirs: string
  keepOurs: string
  takeTheirs: string
  resend: string
  drop: string
  resolving: string
  resolvedNow: string
  emptyValue: string
  waitingText: string

  /** What to do about an error code, where the server gave no hint; empty for codes without advice. */
  whatNow: (code: string) => string
}

export const ticketEnglish: TicketMessages = {
  ticketHeading: 'ServiceNow',
  ticketLoading: 'Loading the link to ServiceNow',
  linkUnlinked: 'Not linked',
  linkOk: 'Synced',
  linkPending: 'On its way',
  linkWaiting: 'Needs a decision',
  linkFailed: 'Not sent',
  ticketDown: 'The link to ServiceNow could not be loaded',

  unlinkedText: 'This ticket has no incident in ServiceNow yet.',
  notConnectedText:
    'ServiceNow is not configured, so no incident can be created. The ticket works without it.',
  notAllowedToPush: 'Your account may look, but not send anything to ServiceNow.',
  createIncident: 'Create ServiceNow incident',
  linkExisting: 'Link an existing incident',
  linkLabel: 'Incident number',
  linkHint: 'For example INC0010023',
  linkNow: 'Link',
  linking: 'Linking…',
  linkedNow: (number) => `Linked to ${number}.`,
  cancel: 'Cancel',

  thisTicket: 'This ticket',
  theIncident: 'Incident',
  incidentUnknown: 'Not known yet',
  lastSync: 'Last sync',
  never: 'Never',
  statusOpen: 'Open',
  statusInProgress: 'In progress',
  statusPending: 'Pending',
  statusResolved: 'Resolved',
  statusClosed: 'Closed',

  syncStatus: 'Sync status to ServiceNow',
  syncing: 'Syncing…',
  synced: (changes) => `Sent. ${changes}`,
  syncedNothing: 'ServiceNow already says the same; nothing had to change.',
  addNote: 'Add work note from AI suggestions',
  noSuggestions: 'This ticket has no AI suggestions.',
  unlink: 'Unlink',
  unlinkQuestion: (number) => `Unlink ${number}?`,
  unlinkText:
    'The incident stays in ServiceNow as it is. Changes of this ticket are not sent to it any more.',
  keepLink: 'Keep the link',
  unlinking: 'Unlinking…',
  unlinkedNow: (number) => `Unlinked from ${number}.`,

  createTitle: 'Create ServiceNow incident',
  createText: 'This is what will be sent. Change what you like.',
  syncTitle: 'Sync status to ServiceNow',
  syncText: 'ServiceNow asks for more with this status.',
  noteTitle: 'Add a work note',
  noteText: (number) => `It is added to ${number}, once. People without access to work notes do not see it.`,
  noteLabel: 'Work note',
  send: 'Send',
  sending: 'Sending…',
  creating: 'Creating…',
  previewLoading: 'Preparing what will be sent',
  fieldsMissing: 'Required by ServiceNow',
  fieldsMain: 'Incident',
  fieldsMore: 'Sent as codes and ids',
  fieldsFixed: 'Sent with it, to find the incident again',
  fieldsWarn: 'Good to know',
  fieldsUnmapped: 'Not sent',
  given: 'Required',
  createdNow: (number) => `Created ${number}.`,
  createdBefore: (number) => `${number} was there already; nothing was created twice.`,
  notedNow: 'The work note was added.',
  sentUnconfirmed: 'Sent, but not confirmed yet. This settles by itself.',
  notSent: 'That did not work',

  pendingCreate: 'The incident is being created',
  pendingUpdate: 'A change is on its way to ServiceNow',
  pendingText: 'Nothing to do: this settles by itself, and is shown here.',
  unconfirmedTitle: 'ServiceNow has not confirmed yet',
  unconfirmedText:
    'No answer proves yet what became of it. It is looked up before anything is sent again, and settles by itself.',
  nextTry: 'Next look',
  failedTitle: 'ServiceNow did not accept the last change',
  failedText: 'Nothing is lost: the change is kept here and can be sent again.',
  retrying: 'Trying again…',
  retriedNow: 'Queued again.',
  conflictTitle: 'Changed on both sides',
  conflictText: 'Somebody changed the incident while this change waited. Which value is right?',
  conflictField: 'Field',
  ours: 'Ours',
  theirs: 'Theirs',
  keepOurs: 'Keep ours',
  takeTheirs: 'Take theirs',
  resend: 'Send again',
  drop: 'Drop this change',
  resolving: 'Deciding…',
  resolvedNow: 'Decided.',
  emptyValue: 'empty',
  waitingText: 'A change waits for a decision.',

  whatNow,
}
