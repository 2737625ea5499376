/** What the parts of the panel are given to draw: the state of the link, and what a press does. */
import type { ProblemChoice, PushPreview, SyncProblemView, TicketLinkView } from '@snowline/protocol'
import type { Reader } from '../../look/time.ts'
import type { Failure } from '../../state/failure.ts'
import type { LinkState, PreviewField } from '../../state/ticket.ts'
import type { Say } from '../../text/messages.ts'

/** What is under way because somebody pressed a button. */
export type Action = 'create' | 'sync' | 'note' | 'link' | 'unlink' | 'retry' | 'resolve'

/** What the dialog is for. */
export type Sending = 'create' | 'sync' | 'note'

export interface PanelView {
  link: TicketLinkView
  state: LinkState
  problems: readonly SyncProblemView[]
  busy: Action | null
  /** The part of the panel that is open for an answer. */
  asking: 'link' | 'unlink' | null
  mayPush: boolean
  configured: boolean
  instance: string | null
  reader: Reader
  say: Say
  onCreate(): void
  onSync(): void
  onNote(): void
  onAsk(what: 'link' | 'unlink' | null): void
  onLink(incident: string): void
  onUnlink(): void
  onRetry(): void
  onResolve(problem: SyncProblemView, choice: ProblemChoice): void
}

export interface SendingView {
  sending: Sending
  link: TicketLinkView
  /** Null while it is asked for; a note needs none. */
  preview: PushPreview | null
  fields: readonly PreviewField[]
  /** Why nothing could be prepared, or sent. */
  failure: Failure | null
  busy: boolean
  reader: Reader
  say: Say
  onSubmit(form: FormData): void
  onRetry(): void
  onClose(): void
}
