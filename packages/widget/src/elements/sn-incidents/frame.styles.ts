/** Everything around the rows: card, header, toolbar, panels, notice, footer. */
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

  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 0 var(--_gutter) 14px;
  }
  .search {
    position: relative;
    flex: 0 1 320px;
    min-inline-size: 160px;
  }
  .search .icon {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 10px;
    margin-block: auto;
    color: var(--_muted);
    pointer-events: none;
  }
  .search input,
  .order select {
    inline-size: 100%;
    block-size: 34px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    background: var(--_surface);
  }
  .search input {
    padding: 0 10px 0 34px;
    padding-inline: 34px 10px;
    appearance: none;
  }
  .search input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .search input::-webkit-search-decoration {
    display: none;
  }
  .search input:focus-visible,
  .order select:focus-visible {
    outline-offset: 0;
    border-color: transparent;
  }
  .order {
    display: none;
  }
  .order select {
    padding-inline: 8px 4px;
    text-overflow: ellipsis;
  }

  .menu {
    position: relative;
  }
  .menu > .button {
    gap: 0.35em;
    padding-inline-end: 8px;
    font-weight: 400;
  }
  .badge {
    min-inline-size: 1.45em;
    padding-inline: 0.35em;
    border-radius: 999px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 0.86em;
    font-weight: 600;
    line-height: 1.45;
    text-align: center;
  }
  .sheet {
    position: absolute;
    z-index: 3;
    inset-block-start: calc(100% + 4px);
    inset-inline-start: 0;
    min-inline-size: 190px;
    padding: 5px;
    border: 1px solid var(--_border-strong);
    border-radius: calc(var(--_radius-small) + 3px);
    background: var(--_raised);
    box-shadow: 0 8px 28px light-dark(rgb(20 28 40 / 14%), rgb(0 0 0 / 50%));
  }
  .sheet[hidden] {
    display: none;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 9px;
    padding: 6px 9px;
    border-radius: calc(var(--_radius-small) - 1px);
    cursor: pointer;
  }
  .choice:hover,
  .choice:focus-within {
    background: var(--_sunken);
  }
  .choice input {
    inline-size: 15px;
    block-size: 15px;
    accent-color: var(--_accent);
  }

  .chips {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    padding: 0 var(--_gutter) 14px;
  }
  .chips:empty {
    display: none;
  }
  .filter-chip {
    display: inline-flex;
    align-items: center;
    gap: 0.3em;
    padding: 2px 5px 2px 10px;
    padding-inline: 10px 5px;
    border: 1px solid var(--_border);
    border-radius: 999px;
    background: var(--_sunken);
    font-size: 0.93em;
    cursor: pointer;
  }
  .filter-chip .icon {
    color: var(--_muted);
  }
  .filter-chip:hover {
    border-color: var(--_border-strong);
  }
  .filter-chip:hover .icon {
    color: var(--_text);
  }
  .clear {
    margin-inline-start: 4px;
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

  .footer {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    min-block-size: 54px;
    padding: 9px var(--_gutter);
    color: var(--_muted);
  }
  .footer .button {
    color: var(--_text);
  }

  @container snowline (max-width: 480px) {
    .card {
      --_gutter: 14px;
    }
    .fetch {
      flex: 1 1 100%;
    }
    .as-of {
      flex-basis: 100%;
      padding-inline-start: 1.35em;
    }
    .as-of::before {
      content: none;
    }
    .search {
      flex: 1 1 100%;
    }
    .order {
      display: block;
      flex: 1 1 8em;
    }
    .menu:last-of-type .sheet {
      inset-inline: auto 0;
    }
  }
`
