/** The panel of a ticket without an incident: create one, or link one that exists. */
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import { workButton } from '../../look/work-button.ts'
import { attention } from './attention.ts'
import type { PanelView } from './view.ts'

export function unlinked(view: PanelView): TemplateResult {
  const { state, configured, mayPush, say } = view
  const open = state === 'unlinked'
  return html`<div class="inside">
    ${attention(view)}
    ${open ? html`<p class="quiet">${say(configured ? 'unlinkedText' : 'notConnectedText')}</p>` : nothing}
    ${open && configured && !mayPush ? html`<p class="quiet">${say('notAllowedToPush')}</p>` : nothing}
    ${open && configured && mayPush ? steps(view) : nothing}
    ${configured ? nothing : html`<slot name="not-configured"></slot>`}
  </div>`
}

function steps(view: PanelView): TemplateResult {
  const { busy, asking, say } = view
  return html`<div class="acts">
      ${workButton({
        act: 'create',
        label: say('createIncident'),
        busyLabel: say('creating'),
        busy: busy === 'create',
        off: busy !== null,
        primary: asking !== 'link',
        icon: icons.upload,
        onPress: () => view.onCreate(),
      })}
      <button
        type="button"
        class="button plain"
        data-act="ask-link"
        aria-expanded=${asking === 'link' ? 'true' : 'false'}
        @click=${() => view.onAsk(asking === 'link' ? null : 'link')}
      >
        ${icons.link}${say('linkExisting')}
      </button>
    </div>
    ${asking === 'link' ? linkForm(view) : nothing}`
}

function linkForm(view: PanelView): TemplateResult {
  const { busy, say } = view
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement) || busy !== null) return
    view.onLink(String(new FormData(event.currentTarget).get('incident') ?? '').trim())
  }
  return html`<form class="ask" @submit=${submit}>
    <label for="incident">${say('linkLabel')}</label>
    <div class="inline">
      <input id="incident" name="incident" required maxlength="40" autocomplete="off" spellcheck="false" aria-describedby="incident-hint" />
      ${workButton({ act: 'link', label: say('linkNow'), busyLabel: say('linking'), busy: busy === 'link', submits: true, primary: true })}
    </div>
    <p id="incident-hint" class="quiet">${say('linkHint')}</p>
  </form>`
}
