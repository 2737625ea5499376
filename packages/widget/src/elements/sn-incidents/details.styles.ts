/** Inside the dialog of one incident: its summary, tabs, facts, journal and raw text. */
import { css } from 'lit'

export const detailsStyles = css`
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

  .items {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .items li {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 14px;
    padding-block-end: 14px;
    color: var(--_muted);
  }
  .items b {
    color: var(--_text);
    font-weight: 500;
  }
`
