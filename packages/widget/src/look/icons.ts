/** Icons as inline SVG in `currentColor`: no font, no request. All are decoration; the words beside them speak. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit'

function icon(body: SVGTemplateResult): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${body}</svg>`
}

function line(path: string): SVGTemplateResult {
  return svg`<path d=${path} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"></path>`
}

const ring = svg`<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"></circle>`
const disc = svg`<circle cx="8" cy="8" r="6.5" fill="currentColor"></circle>`

export const icons = {
  refresh: icon(line('M13.2 8a5.2 5.2 0 1 1-1.6-3.75M13.5 1.9v2.9h-2.9')),
  search: icon(
    svg`<circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"></circle>${line('m10.5 10.5 3 3')}`,
  ),
  chevronDown: icon(line('m4.5 6.5 3.5 3.5 3.5-3.5')),
  chevronUp: icon(line('m4.5 9.5 3.5-3.5 3.5 3.5')),
  arrowDown: icon(line('M8 3.5v9M4.5 9 8 12.5 11.5 9')),
  arrowUp: icon(line('M8 12.5v-9M4.5 7 8 3.5 11.5 7')),
  cross: icon(line('m4.5 4.5 7 7M11.5 4.5l-7 7')),
  copy: icon(
    line(
      'M6 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1ZM3 10.5v-7a1 1 0 0 1 1-1h6',
    ),
  ),
  link: icon(
    line(
      'M6.5 9.5 9.5 6.5M7.5 4.5l1.3-1.3a2.8 2.8 0 0 1 4 4L11.5 8.5M8.5 11.5l-1.3 1.3a2.8 2.8 0 0 1-4-4L4.5 7.5',
    ),
  ),
  external: icon(
    line('M6.5 3.5h-2a1 1 0 0 0-1 1v7a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1v-2M9.5 3h3.5v3.5M12.7 3.3 7.5 8.5'),
  ),
  check: icon(line('m3.5 8.5 3 3 6-7')),
  upload: icon(line('M8 12.5v-8M4.8 7.5 8 4.3l3.2 3.2M3.5 2h9')),
  ticket: icon(
    line(
      'M2.5 5.5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v1.2a1.3 1.3 0 0 0 0 2.6v1.2a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V9.3a1.3 1.3 0 0 0 0-2.6Z',
    ),
  ),
  plug: icon(line('M5.5 2v3M10.5 2v3M3.8 5h8.4v2.5a4.2 4.2 0 0 1-8.4 0ZM8 11.8V14')),
  lock: icon(
    line(
      'M4.5 7h7a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
    ),
  ),
  moon: icon(line('M13.3 9.6A5.8 5.8 0 0 1 6.4 2.7a5.6 5.6 0 1 0 6.9 6.9Z')),
  cloudOff: icon(
    line(
      'M5 12.5h6.3a2.7 2.7 0 0 0 1.7-4.8M10.9 6.3A3.6 3.6 0 0 0 6 4.2M4.6 5.8a3.4 3.4 0 0 0 .4 6.7M2.5 2.5l11 11',
    ),
  ),
  clock: icon(svg`${ring}${line('M8 4.8V8l2.2 1.5')}`),
  warning: icon(line('M8 2.5 14 13H2ZM8 6.5v3M8 11.3v.1')),
  inbox: icon(
    line(
      'M2.5 9 4.3 3.9a1 1 0 0 1 1-.7h5.4a1 1 0 0 1 1 .7L13.5 9v3a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1ZM2.5 9h3l1 1.8h3l1-1.8h3',
    ),
  ),
  person: icon(line('M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8ZM3.2 13.5a4.8 4.8 0 0 1 9.6 0')),
  comment: icon(
    line('M3.5 3.5h9a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H8l-3 2.5v-2.5H3.5a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1Z'),
  ),
  note: icon(
    line(
      'M4 2.5h8a.5.5 0 0 1 .5.5v7l-3.5 3.5H4a.5.5 0 0 1-.5-.5V3a.5.5 0 0 1 .5-.5ZM12.5 10H9v3.5M6 5.5h4M6 8h2.5',
    ),
  ),
} as const

/** A shape for each state of the base system, so that no meaning hangs on colour alone. */
export const stateIcons: Readonly<Record<string, TemplateResult>> = {
  1: icon(ring),
  2: icon(svg`${ring}<path d="M8 4.5a3.5 3.5 0 0 1 0 7Z" fill="currentColor"></path>`),
  3: icon(svg`${ring}${line('M6.7 6v4M9.3 6v4')}`),
  6: icon(
    svg`${disc}<path d="m5.2 8.3 1.9 1.9 3.7-4.3" fill="none" stroke="var(--_surface)" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"></path>`,
  ),
  7: icon(svg`${ring}${line('m5.6 8.2 1.6 1.6 3.2-3.7')}`),
  8: icon(svg`${ring}${line('m6.1 6.1 3.8 3.8M9.9 6.1 6.1 9.9')}`),
}

export const otherState: TemplateResult = icon(
  svg`${ring}<circle cx="8" cy="8" r="1.5" fill="currentColor"></circle>`,
)

/** Priority shapes: two up, one up, level, one down, two down. */
export const priorityIcons: Readonly<Record<string, TemplateResult>> = {
  1: icon(line('m4 8 4-4 4 4M4 12.5l4-4 4 4')),
  2: icon(line('m4 10 4-4 4 4')),
  3: icon(line('M4 6.2h8M4 9.8h8')),
  4: icon(line('m4 6 4 4 4-4')),
  5: icon(line('m4 4 4 4 4-4M4 8.5l4 4 4-4')),
}

export const otherPriority: TemplateResult = icon(line('M4.5 8h7'))

/** The dot of the connection line; its shape says as much as its colour. */
export const toneIcons = {
  ok: icon(svg`<circle cx="8" cy="8" r="4" fill="currentColor"></circle>`),
  waiting: icon(
    svg`<circle cx="8" cy="8" r="4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.5 2"></circle>`,
  ),
  off: icon(svg`<circle cx="8" cy="8" r="4" fill="none" stroke="currentColor" stroke-width="1.5"></circle>`),
  warn: icon(svg`<path d="M8 3.5 13 12.5H3Z" fill="currentColor"></path>`),
  bad: icon(svg`<path d="M4.5 4.5h7v7h-7Z" fill="currentColor" transform="rotate(45 8 8)"></path>`),
} as const
