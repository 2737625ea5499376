/** In `snowline-all.js` this stands in place of `load-admin.ts`: the chunk beside the script is fetched, and given our parts. */
import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { readAnswer, requireMember } from './api/answer.ts'
import { askPermissions } from './api/api-client.ts'
import { ApiError } from './api/api-error.ts'
import { createSend, joinBase, toAskServer } from './api/request.ts'
import { emit } from './elements/emit.ts'
import { fieldLabel } from './elements/sn-incidents/columns.ts'
import { icons, toneIcons } from './look/icons.ts'
import { reason, refusal } from './look/refusal.ts'
import { absoluteTag, relativeTag } from './look/time.ts'
import { workButton } from './look/work-button.ts'
import { freshChoices, labelOf } from './state/choices.ts'
import { toFailure } from './state/failure.ts'
import { whatNow } from './text/advice.ts'
import { clip, count, hostOf } from './text/format.ts'
import { addEnglish } from './text/messages.ts'

/**
 * What the chunk uses of us. Lit must not be there twice: a strict page allows its policy of trusted types only once. The build of
 * the chunk leaves these imports open, and a test compares this list with what it asks for.
 */
const parts = {
  ApiError,
  absoluteTag,
  addEnglish,
  askPermissions,
  clip,
  count,
  createSend,
  css,
  emit,
  fieldLabel,
  freshChoices,
  hostOf,
  html,
  icons,
  joinBase,
  labelOf,
  nothing,
  readAnswer,
  reason,
  refusal,
  relativeTag,
  repeat,
  requireMember,
  toAskServer,
  toFailure,
  toneIcons,
  whatNow,
  workButton,
}

/** Beside this script, under whatever name and query it is served. */
export async function loadAdmin(): Promise<typeof import('./admin.ts')> {
  const here = new URL(import.meta.url)
  const { default: open } = await import(new URL(`snowline-admin.js${here.search}`, here).href)
  return open(() => parts)
}
