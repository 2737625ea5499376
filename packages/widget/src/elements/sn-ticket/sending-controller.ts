/** The dialog before something is sent: what would be sent, what a person typed, and why it did not work. */
import type { PushPreview } from '@snowline/protocol'
import type { ReactiveControllerHost } from 'lit'
import type { TicketClient } from '../../api/ticket-client.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { type PreviewField, toFields } from '../../state/ticket.ts'
import type { Sending } from './view.ts'

export class SendingController {
  sending: Sending | null = null
  preview: PushPreview | null = null
  fields: readonly PreviewField[] = []
  failure: Failure | null = null

  private readonly host: ReactiveControllerHost
  private turn = 0

  constructor(host: ReactiveControllerHost) {
    this.host = host
  }

  /** Opens for a note, which needs no preparation, or with what has been prepared already. */
  open(sending: Sending, preview: PushPreview | null = null): void {
    this.close()
    this.sending = sending
    if (preview !== null) this.take(preview)
    this.host.requestUpdate()
  }

  /** Asks what would be sent; nothing happens to a dialog that was closed meanwhile. */
  async prepare(client: TicketClient, ticketId: string): Promise<void> {
    this.turn += 1
    const turn = this.turn
    this.failure = null
    this.host.requestUpdate()
    try {
      const preview = await client.preview(ticketId)
      if (turn === this.turn) this.take(preview)
    } catch (error) {
      if (turn === this.turn) this.failure = toFailure(error)
    }
    this.host.requestUpdate()
  }

  /** Keeps what stands in the form, and says above it why it was refused. */
  refuse(failure: Failure | null): void {
    this.failure = failure
    this.host.requestUpdate()
  }

  close(): void {
    this.turn += 1
    this.sending = null
    this.preview = null
    this.fields = []
    this.failure = null
    this.host.requestUpdate()
  }

  private take(preview: PushPreview): void {
    this.preview = preview
    this.fields = toFields(preview)
  }
}
