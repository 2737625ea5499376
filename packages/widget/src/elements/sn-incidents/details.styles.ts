/** The dialog: a sheet at the far side of the window, the list still in sight; the whole window where that is narrow. */
import { css } from 'lit'

export const detailsStyles = css`
  dialog {
    position: fixed;
    inset-block: 0;
    inset-inline: auto 0;
    inline-size: min(620px, 100vw);
    block-size: 100dvh;
    max-inline-size: none;
    max-block-size: none;
    margin: 0;
    padding: 0;
    border: 0;
    border-inline-start: 1px solid var(--_border);
    background: var(--_surface);
    box-shadow: 0 0 48px light-dark(rgb(20 28 40 / 18%), rgb(0 0 0 / 60%));
    overflow: hidden;
  }
  dialog[open] {
    animation: enter 0.18s cubic-bezier(0.2, 0.7, 0.2, 1);
  }
  dialog::backdrop {
    background: light-dark(rgb(22 28 38 / 26%), rgb(0 0 0 / 55%));
    animation: fade 0.18s;
  }
  @keyframes enter {
    from {
      opacity: 0;
      translate: 24px 0;
    }
  }
  dialog:dir(rtl)[open] {
    animation-name: enter-rtl;
  }
  @keyframes enter-rtl {
    from {
      opacity: 0;
      translate: -24px 0;
    }
  }
  @keyframes fade {
    from {
      opacity: 0;
    }
  }

  .details {
    --_gutter: 24px;
    display: flex;
    flex-direction: column;
    block-size: 100%;
  }
  .head-bar {
    display: flex;
    align-items: center;
    gap: 2px;
    padding: 10px 12px 6px var(--_gutter);
    padding-inline: var(--_gutter) 12px;
  }
  .ident {
    color: var(--_muted);
    font-weight: 500;
    font-variant-numeric: tabular-nums;
  }
  .grow {
    flex: 1;
  }
  .place {
    margin-inline-end: 6px;
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .button.small {
    inline-size: 28px;
    min-block-size: 28px;
    margin-inline-start: 5px;
  }
  .button[aria-disabled='true'][data-step] {
    opacity: 0.35;
    background: none;
  }
  .close {
    margin-inline-start: 6px;
  }

  .title {
    padding: 0 var(--_gutter) 16px;
  }
  .title h2 {
    font-size: 1.45em;
    font-weight: 600;
    line-height: 1.3;
    letter-spacing: -0.012em;
    text-wrap: pretty;
    overflow-wrap: anywhere;
  }
  .title h2:focus {
    outline: none;
  }
  .summary {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 14px;
    margin-block-start: 10px;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-block-start: 14px;
  }

  .tabs {
    display: flex;
    gap: 20px;
    padding-inline: var(--_gutter);
    border-block-end: 1px solid var(--_border);
  }
  .tabs button {
    position: relative;
    padding: 8px 0 9px;
    border: 0;
    background: none;
    color: var(--_muted);
    font-weight: 500;
    cursor: pointer;
  }
  .tabs button:hover,
  .tabs [aria-selected='true'] {
    color: var(--_text);
  }
  .tabs [aria-selected='true']::after {
    content: '';
    position: absolute;
    inset-inline: 0;
    inset-block-end: -1px;
    border-block-end: 2px solid var(--_accent);
  }
  .tabs button:focus-visible {
    border-radius: 4px;
  }

  .page {
    flex: 1;
    min-block-size: 0;
    padding: 20px var(--_gutter) 40px;
    overflow: auto;
    overscroll-behavior: contain;
  }
  .page:focus-visible {
    outline-offset: -2px;
  }
  .description {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .prose {
    max-inline-size: 68ch;
    line-height: 1.55;
  }
  .pending {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-end: 16px;
    padding: 8px 12px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius-small);
    background: var(--_sunken);
  }
  .facts {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(140px, 1fr));
    gap: 16px 24px;
    margin-block-start: 22px;
    padding-block-start: 20px;
    border-block-start: 1px solid var(--_border);
  }
  .facts dt {
    color: var(--_muted);
    font-size: 0.93em;
  }
  .facts dd {
    margin-block-start: 1px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .group + .facts {
    margin-block-start: 14px;
    padding-block-start: 0;
    border: 0;
  }
  .group {
    margin-block-start: 28px;
    padding-block-start: 20px;
    border-block-start: 1px solid var(--_border);
    font-size: 1em;
    font-weight: 600;
  }

  .journal {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .journal li {
    position: relative;
    display: flex;
    gap: 14px;
    padding-block-end: 22px;
  }
  .journal li:not(:last-child)::before {
    content: '';
    position: absolute;
    inset-block: 30px 2px;
    inset-inline-start: 13.5px;
    border-inline-start: 1px solid var(--_border);
  }
  .badge-icon {
    display: grid;
    flex: none;
    place-items: center;
    inline-size: 28px;
    block-size: 28px;
    border: 1px solid var(--_border);
    border-radius: 50%;
    background: var(--_sunken);
    color: var(--_muted);
  }
  .journal [data-kind='work_notes'] .badge-icon {
    border-color: var(--_warn-border);
    background: var(--_warn-surface);
    color: var(--_warn);
  }
  .entry {
    flex: 1;
    min-inline-size: 0;
    padding-block-start: 3px;
  }
  .byline {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    margin-block-end: 3px;
    color: var(--_muted);
  }
  .byline strong {
    color: var(--_text);
    font-weight: 600;
  }
  .nothing-here {
    display: flex;
    align-items: center;
    gap: 9px;
    color: var(--_muted);
  }
  .waiting {
    display: grid;
    gap: 16px;
  }
  .waiting i:nth-child(2) {
    inline-size: 76%;
  }
  .waiting i:nth-child(3) {
    inline-size: 48%;
  }
  .page .notice {
    border: 1px solid var(--_bad-border);
    border-radius: var(--_radius-small);
    padding-inline: 14px;
  }

  .raw {
    position: relative;
  }
  .raw .button {
    position: absolute;
    inset-block-start: 6px;
    inset-inline-end: 6px;
  }
  .raw pre {
    margin: 0;
    padding: 14px 16px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius-small);
    background: var(--_sunken);
    font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    font-size: 0.9em;
    line-height: 1.5;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }

  @media (max-width: 640px) {
    dialog {
      inline-size: 100vw;
      border: 0;
    }
    .details {
      --_gutter: 16px;
    }
  }
`
