/** The honest states: each a panel of its own with its own next step, and the strip above rows that have grown old. */
import type { HealthView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import type { Reader } from '../../look/time.ts'
import type { Failure } from '../../state/failure.ts'
import type { Notice, Scene } from '../../state/scene.ts'
import { clockTime } from '../../text/format.ts'
import { toInstanceLink } from '../../text/link.ts'
import type { MessageKey, Messages, Say } from '../../text/messages.ts'

export type PanelScene = Exclude<Scene, 'loading' | 'table'>

/** Messages that take no value. */
type PlainKey = { [K in MessageKey]: Messages[K] extends string ? K : never }[MessageKey]

type NextStep = 'retry' | 'clear' | 'wake' | null

interface PanelText {
  icon: TemplateResult
  title: PlainKey
  text: PlainKey
  step: NextStep
  slot: string
  /** Something went wrong: said once to a screen reader as an alert. */
  alert: boolean
}

const panels: Readonly<Record<PanelScene, PanelText>> = {
  not_configured: {
    icon: icons.plug,
    title: 'notConfiguredTitle',
    text: 'notConfiguredText',
    step: null,
    slot: 'not-configured',
    alert: false,
  },
  misconfigured: {
    icon: icons.plug,
    title: 'misconfiguredTitle',
    text: 'misconfiguredText',
    step: 'retry',
    slot: 'not-configured',
    alert: false,
  },
  no_permission: {
    icon: icons.lock,
    title: 'noPermissionTitle',
    text: 'noPermissionText',
    step: null,
    slot: 'no-permission',
    alert: false,
  },
  asleep: {
    icon: icons.moon,
    title: 'asleepTitle',
    text: 'asleepText',
    step: 'wake',
    slot: 'asleep',
    alert: true,
  },
  nothing_found: {
    icon: icons.search,
    title: 'nothingFoundTitle',
    text: 'nothingFoundText',
    step: 'clear',
    slot: 'nothing-found',
    alert: false,
  },
  empty: {
    icon: icons.inbox,
    title: 'emptyTitle',
    text: 'emptyText',
    step: null,
    slot: 'empty',
    alert: false,
  },
  unreachable: {
    icon: icons.cloudOff,
    title: 'unreachableTitle',
    text: 'unreachableText',
    step: 'retry',
    slot: 'unreachable',
    alert: true,
  },
  auth_failed: {
    icon: icons.lock,
    title: 'authFailedTitle',
    text: 'authFailedText',
    step: 'retry',
    slot: 'auth-failed',
    alert: true,
  },
  limited: {
    icon: icons.clock,
    title: 'limitedTitle',
    text: 'limitedText',
    step: 'retry',
    slot: 'limited',
    alert: true,
  },
  signed_out: {
    icon: icons.person,
    title: 'signedOutTitle',
    text: 'signedOutText',
    step: 'retry',
    slot: 'signed-out',
    alert: true,
  },
  error: {
    icon: icons.warning,
    title: 'errorTitle',
    text: 'errorText',
    step: 'retry',
    slot: 'error',
    alert: true,
  },
}

export interface PanelView {
  scene: PanelScene
  failure: Failure | null
  health: HealthView | null
  instance: string | null
  say: Say
  count(value: number): string
  onRetry(): void
  onClear(): void
}

export function panel(view: PanelView): TemplateResult {
  const { say } = view
  const { icon, title, text, step, slot, alert } = panels[view.scene]
  return html`<section class="panel" part="panel" data-scene=${view.scene} role=${alert ? 'alert' : nothing}>
    <span class="emblem">${icon}</span>
    <h3>${say(title)}</h3>
    <p>${view.scene === 'limited' ? limitedText(view) : say(text)}</p>
    ${settings(view)} ${spoken(view)}
    <div class="steps">${stepButton(step, view)}<slot name=${slot}></slot></div>
  </section>`
}

function limitedText({ failure, say, count }: PanelView): string {
  const seconds = failure?.retryAfterSeconds ?? null
  return seconds === null || seconds < 1
    ? say('limitedText')
    : say('limitedTextSeconds', count(seconds), seconds)
}

/** Names of settings that are missing or wrong; the server never says their values. */
function settings({ scene, health, say }: PanelView): TemplateResult | typeof nothing {
  if (health === null || (scene !== 'misconfigured' && scene !== 'not_configured')) return nothing
  const lists: readonly [string, readonly string[]][] = [
    [say('missingSettings'), scene === 'misconfigured' ? (health.missing ?? []) : []],
    [say('invalidSettings'), health.invalid ?? []],
  ]
  const told = lists.filter(([, names]) => names.length > 0)
  if (told.length === 0) return nothing
  return html`<dl class="settings">
    ${told.map(([label, names]) => html`<div><dt>${label}</dt><dd>${names.map((name) => html`<code>${name}</code> `)}</dd></div>`)}
  </dl>`
}

/** What the server said about it, for the person who will mend it. */
function spoken({ scene, failure, say }: PanelView): TemplateResult | typeof nothing {
  if (failure === null || scene === 'limited' || scene === 'signed_out') return nothing
  const words = failure.hint ?? (scene === 'error' ? failure.message : null)
  if (words === null && failure.requestId === null) return nothing
  return html`<p class="spoken">
    ${words ?? nothing}${
      scene === 'error' && failure.requestId !== null
        ? html` <span class="request">${say('requestId', failure.requestId)}</span>`
        : nothing
    }
  </p>`
}

function stepButton(step: NextStep, view: PanelView): TemplateResult | typeof nothing {
  const { say } = view
  if (step === null) return nothing
  if (step === 'clear') {
    return html`<button type="button" class="button" @click=${() => view.onClear()}>${say('clearFilters')}</button>`
  }
  const retry = html`<button type="button" class="button" @click=${() => view.onRetry()}>${icons.refresh}${say('retry')}</button>`
  const link = step === 'wake' ? toInstanceLink(view.instance) : null
  if (link === null) return retry
  return html`${retry}<a class="button" href=${link} target="_blank" rel="noopener noreferrer"
      >${icons.external}${say('openInstance')}<span class="hidden">${say('opensInNewTab')}</span></a
    >`
}

/** Kinds with a panel of their own have their words; for the rest the server's sentence says more than ours. */
function whatFailed(failure: Failure, say: Say): string {
  const own = say(panels[failure.kind].title)
  return failure.kind === 'error' ? (failure.message ?? own) : own
}

export interface NoticeView {
  notice: Notice
  reader: Reader
  say: Say
  onRetry(): void
}

export function notice({ notice, reader, say, onRetry }: NoticeView): TemplateResult {
  const stale = notice.kind === 'stale'
  const time =
    stale && notice.asOf !== null ? clockTime(notice.asOf, reader.now, reader.locale, reader.timeZone) : ''
  const why = stale ? (notice.reason ?? say('staleText')) : whatFailed(notice.failure, say)
  return html`<div class="notice" part="notice" data-kind=${notice.kind} role=${stale ? nothing : 'alert'}>
    ${stale ? icons.clock : icons.warning}
    <p><strong>${stale ? say('staleTitle', time) : say('refreshFailed')}</strong> ${why}</p>
    <button type="button" class="link" @click=${() => onRetry()}>${say('retry')}</button>
  </div>`
}
