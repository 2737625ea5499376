/** The panel of a linked ticket: the incident's number and state beside the ticket's, and what can be sent. */
import { html, nothing, type TemplateResult } from 'lit'
import { priorityChip, stateChip } from '../../look/chips.ts'
import { icons } from '../../look/icons.ts'
import { relativeTag } from '../../look/time.ts'
import { workButton } from '../../look/work-button.ts'
import { lastError, statusTones } from '../../state/ticket.ts'
import { clip } from '../../text/format.ts'
import { toSafeLink } from '../../text/link.ts'
import type { Say } from '../../text/messages.ts'
import { attention } from './attention.ts'
import type { PanelView } from './view.ts'

const TITLE_LENGTH = 300

const statusWords = {
  open: 'statusOpen',
  in_progress: 'statusInProgress',
  pending: 'statusPending',
  resolved: 'statusResolved',
  closed: 'statusClosed',
} as const

export function linked(view: PanelView): TemplateResult {
  const { link, reader, say } = view
  const { ticket, incident } = link
  return html`<div class="inside">
    <div class="who">
      ${numberLink(view)}
      ${incident === null ? nothing : html`<p class="quiet" dir="auto">${clip(incident.short_description, TITLE_LENGTH)}</p>`}
    </div>
    <dl class="sides">
      <div><dt>${say('thisTicket')}</dt><dd>${statusChip(ticket.status, say)}</dd></div>
      <div>
        <dt>${say('theIncident')}</dt>
        <dd>${incident === null ? html`<span class="quiet">${say('incidentUnknown')}</span>` : html`${stateChip(incident.state)} ${priorityChip(incident.priority)}`}</dd>
      </div>
      <div><dt>${say('lastSync')}</dt><dd>${ticket.sn_last_sync_at === null ? say('never') : relativeTag(ticket.sn_last_sync_at, reader)}</dd></div>
      ${
        incident === null
          ? nothing
          : html`<div><dt>${say('fieldAssignedTo')}</dt><dd>${incident.assigned_to === null ? say('unassigned') : (incident.assigned_to.name ?? say('nameHidden'))}</dd></div>`
      }
    </dl>
    ${attention(view)} ${view.mayPush ? acts(view) : html`<p class="quiet">${say('notAllowedToPush')}</p>`}
  </div>`
}

export function statusChip(status: keyof typeof statusWords, say: Say): TemplateResult {
  return stateChip({ value: statusTones[status], label: say(statusWords[status]) })
}

function numberLink({ link, instance, say }: PanelView): TemplateResult {
  const address = toSafeLink(link.open_url ?? link.incident?.open_url ?? null, instance)
  const number = link.ticket.sn_number ?? link.incident?.number ?? link.ticket.sn_sys_id ?? ''
  if (address === null) return html`<span class="ident">${number}</span>`
  return html`<a class="ident link" href=${address} target="_blank" rel="noopener noreferrer"
    >${number}${icons.external}<span class="hidden">${say('openInServiceNow')} ${say('opensInNewTab')}</span></a
  >`
}

function acts(view: PanelView): TemplateResult {
  const { link, busy, asking, say } = view
  // What the instance demands is asked for when the status is synced: that is the way on.
  const asksForMore = view.state === 'failed' && lastError(link)?.code === 'mapping_failed'
  const without = (link.ticket.ai_suggestions ?? '').trim() === ''
  return html`<div class="acts">
      ${workButton({
        act: 'sync',
        label: say('syncStatus'),
        busyLabel: say('syncing'),
        busy: busy === 'sync',
        off: busy !== null,
        primary: view.state === 'ok' || asksForMore,
        icon: icons.refresh,
        onPress: () => view.onSync(),
      })}
      ${workButton({
        act: 'note',
        label: say('addNote'),
        busyLabel: say('sending'),
        busy: busy === 'note',
        off: without || busy !== null,
        reason: without ? 'no-suggestions' : undefined,
        icon: icons.note,
        onPress: () => view.onNote(),
      })}
      ${without ? html`<p id="no-suggestions" class="quiet reason">${say('noSuggestions')}</p>` : nothing}
    </div>
    ${asking === 'unlink' ? unlinkQuestion(view) : unlinkButton(view)}`
}

function unlinkButton({ say, onAsk }: PanelView): TemplateResult {
  return html`<p class="last">
    <button type="button" class="link quiet" data-act="ask-unlink" @click=${() => onAsk('unlink')}>${say('unlink')}</button>
  </p>`
}

function unlinkQuestion(view: PanelView): TemplateResult {
  const { link, busy, say } = view
  return html`<div class="ask" role="group" aria-labelledby="unlink-title" aria-describedby="unlink-text">
    <strong id="unlink-title">${say('unlinkQuestion', link.ticket.sn_number ?? '')}</strong>
    <p id="unlink-text" class="quiet">${say('unlinkText')}</p>
    <div class="choices">
      <button type="button" class="button" data-act="keep" @click=${() => view.onAsk(null)}>${say('keepLink')}</button>
      ${workButton({ act: 'unlink', label: say('unlink'), busyLabel: say('unlinking'), busy: busy === 'unlink', onPress: () => view.onUnlink() })}
    </div>
  </div>`
}
