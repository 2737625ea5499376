/** The strips of the panel: what settles by itself, what failed and can be tried again, what a person must decide. */
import type { ProblemChoice, SyncProblemView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import { reason } from '../../look/refusal.ts'
import { relativeTag } from '../../look/time.ts'
import { workButton } from '../../look/work-button.ts'
import { isUnconfirmed, lastError, openPush } from '../../state/ticket.ts'
import { clip } from '../../text/format.ts'
import type { Messages, Say } from '../../text/messages.ts'
import { fieldLabel } from '../sn-incidents/columns.ts'
import type { PanelView } from './view.ts'

/** Values are compared, not read in full. */
const VALUE_LENGTH = 300

export function attention(view: PanelView): TemplateResult | typeof nothing {
  if (view.state === 'waiting') return decisions(view)
  if (view.state === 'failed') return failed(view)
  return view.state === 'pending' ? pending(view) : nothing
}

function pending({ link, reader, say }: PanelView): TemplateResult {
  const push = openPush(link.queue)
  const lost = isUnconfirmed(push)
  const creates = push === null ? link.ticket.sn_sys_id === null : push.kind === 'create'
  const title = lost ? 'unconfirmedTitle' : creates ? 'pendingCreate' : 'pendingUpdate'
  return html`<div class="strip" data-kind="pending">
    ${icons.clock}
    <div>
      <strong>${say(title)}</strong>
      <p>
        ${say(lost ? 'unconfirmedText' : 'pendingText')}
        ${push?.error ? html`<span class="hint">${push.error.message} ${push.error.hint ?? nothing}</span>` : nothing}
        ${push?.next_at && push.error ? html`<span class="hint">${say('nextTry')}: ${relativeTag(push.next_at, reader)}</span>` : nothing}
      </p>
    </div>
  </div>`
}

function failed(view: PanelView): TemplateResult {
  const { link, problems, busy, mayPush, say } = view
  const error = lastError(link)
  const letter = problems.find((problem) => problem.choices.includes('drop'))
  return html`<div class="strip" data-kind="failed" role="alert">
    ${icons.warning}
    <div>
      <strong>${say('failedTitle')}</strong>
      <p>${error === null ? nothing : reason(error, say)}</p>
      <p class="quiet">${say('failedText')}</p>
      ${
        mayPush
          ? html`<div class="choices">
              ${workButton({
                act: 'retry',
                label: say('retry'),
                busyLabel: say('retrying'),
                busy: busy === 'retry',
                icon: icons.refresh,
                onPress: () => view.onRetry(),
              })}
              ${letter === undefined ? nothing : choice(view, letter, 'drop')}
            </div>`
          : nothing
      }
    </div>
  </div>`
}

/** Without the list of decisions (it may not be readable) at least the fact is told. */
function decisions(view: PanelView): TemplateResult {
  const { problems, say } = view
  if (problems.length === 0) {
    return html`<div class="strip" data-kind="waiting">${icons.warning}<p>${say('waitingText')}</p></div>`
  }
  return html`${problems.map((problem) => decision(view, problem))}`
}

function decision(view: PanelView, problem: SyncProblemView): TemplateResult {
  const { say } = view
  const conflict = problem.kind === 'conflict'
  const { error } = problem.push
  return html`<div class="strip" data-kind="waiting" role="alert">
    ${icons.warning}
    <div>
      <strong>${say(conflict ? 'conflictTitle' : problem.kind === 'dead_letter' ? 'failedTitle' : 'unconfirmedTitle')}</strong>
      <p>${conflict ? say('conflictText') : error === null ? nothing : reason(error, say)}</p>
      ${conflict ? bothSides(problem, say) : nothing}
      ${view.mayPush ? html`<div class="choices">${problem.choices.map((one) => choice(view, problem, one))}</div>` : nothing}
    </div>
  </div>`
}

function bothSides({ conflicts }: SyncProblemView, say: Say): TemplateResult {
  const shown = (value: string) =>
    value === '' ? html`<i class="quiet">${say('emptyValue')}</i>` : clip(value, VALUE_LENGTH)
  return html`<table class="both">
    <thead>
      <tr><th scope="col">${say('conflictField')}</th><th scope="col">${say('ours')}</th><th scope="col">${say('theirs')}</th></tr>
    </thead>
    <tbody>
      ${conflicts.map(
        ({ field, ours, theirs, labels }) => html`<tr>
          <th scope="row">${fieldLabel(field, say)}</th><td dir="auto">${shown(labels?.ours ?? ours)}</td><td dir="auto">${shown(labels?.theirs ?? theirs)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`
}

type ChoiceKey = { [K in keyof Messages]: Messages[K] extends string ? K : never }[
  | 'keepOurs'
  | 'takeTheirs'
  | 'resend'
  | 'drop']

const choiceWords: Readonly<Record<ProblemChoice, ChoiceKey>> = {
  ours: 'keepOurs',
  theirs: 'takeTheirs',
  resend: 'resend',
  drop: 'drop',
}

function choice(view: PanelView, problem: SyncProblemView, one: ProblemChoice): TemplateResult {
  return workButton({
    act: one,
    label: view.say(choiceWords[one]),
    busyLabel: view.say('resolving'),
    busy: false,
    off: view.busy !== null,
    onPress: () => view.onResolve(problem, one),
  })
}
