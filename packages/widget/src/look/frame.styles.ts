/** The frame of every element: card, header, notice, panel, code. */
import { css } from 'lit'

export const frame = css`
  .card {
    --_gutter: 20px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  h2,
  h3,
  p,
  dl,
  dd {
    margin: 0;
  }
  .quiet {
    color: var(--_muted);
  }

  .header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px;
    padding: 18px var(--_gutter) 14px;
  }
  .headline {
    flex: 1 1 14em;
    min-inline-size: 0;
  }
  .headline h2 {
    font-size: 1.22em;
    font-weight: 600;
    line-height: 1.3;
    letter-spacing: -0.006em;
  }
  .connection {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.1em 0.4em;
    margin-block-start: 3px;
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .connection .icon {
    inline-size: 0.95em;
    block-size: 0.95em;
  }
  .connection[data-tone='ok'] .icon {
    color: var(--_ok);
  }
  .connection[data-tone='warn'] .icon {
    color: var(--_warn);
  }
  .connection[data-tone='bad'] .icon {
    color: var(--_bad);
  }
  .as-of::before {
    content: '·';
    margin-inline-end: 0.4em;
  }
  .icon-box {
    display: inline-flex;
  }
  .swap {
    display: grid;
  }
  .swap > * {
    grid-area: 1 / 1;
    text-align: start;
  }
  .swap > :not(.now) {
    visibility: hidden;
  }

  .notice {
    display: flex;
    align-items: baseline;
    gap: 10px;
    padding: 9px var(--_gutter, 14px);
    border-block: 1px solid var(--_warn-border);
    background: var(--_warn-surface);
  }
  .notice p {
    flex: 1;
    text-wrap: pretty;
  }
  .notice strong {
    font-weight: 600;
  }
  .notice .icon {
    position: relative;
    inset-block-start: 0.2em;
    color: var(--_warn);
  }
  .notice .link {
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 0.2em;
    white-space: nowrap;
  }
  .notice[data-kind='failed'] {
    border-color: var(--_bad-border);
    background: var(--_bad-surface);
  }
  .notice[data-kind='failed'] .icon {
    color: var(--_bad);
  }
  .notice + .scroller {
    border-block-start: 0;
  }

  .panel {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 6px;
    padding: 52px var(--_gutter) 60px;
    border-block-start: 1px solid var(--_border);
    text-align: center;
  }
  .emblem {
    display: grid;
    place-items: center;
    inline-size: 44px;
    block-size: 44px;
    margin-block-end: 8px;
    border: 1px solid var(--_border);
    border-radius: 50%;
    background: var(--_sunken);
    color: var(--_muted);
  }
  .emblem .icon {
    inline-size: 20px;
    block-size: 20px;
  }
  .panel h3 {
    font-size: 1.1em;
    font-weight: 600;
  }
  .panel p {
    max-inline-size: 46ch;
    color: var(--_muted);
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  .panel .spoken {
    font-size: 0.93em;
  }
  .panel .settings {
    display: grid;
    gap: 6px;
    margin-block-start: 8px;
    text-align: start;
  }
  .settings div {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
  }
  .settings dt {
    color: var(--_muted);
  }
  code {
    padding: 1px 6px;
    border: 1px solid var(--_border);
    border-radius: 5px;
    background: var(--_sunken);
    font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    font-size: 0.9em;
  }
  .steps {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    align-items: center;
    gap: 10px;
    margin-block-start: 14px;
  }
  .steps:not(:has(button, a)):not(:has(slot)) {
    display: none;
  }
  .steps ::slotted(a),
  .steps ::slotted(button) {
    display: inline-flex;
    align-items: center;
    min-block-size: 34px;
    padding: 0 14px;
    border: 1px solid var(--_accent);
    border-radius: var(--_radius-small);
    background: var(--_accent);
    color: var(--_on-accent);
    font: inherit;
    font-weight: 500;
    text-decoration: none;
    cursor: pointer;
  }

  @container snowline (max-width: 480px) {
    .card {
      --_gutter: 14px;
    }
  }
`
