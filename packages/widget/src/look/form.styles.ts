/** What is asked and what is told: fields of a form, strips that say how it went, the bars of what is still loading. */
import { css } from 'lit'

export const form = css`
  label {
    font-weight: 500;
  }
  input,
  textarea {
    min-inline-size: 0;
    inline-size: 100%;
    min-block-size: 36px;
    padding: 6px 10px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    background: var(--_surface);
    color: inherit;
    font: inherit;
  }
  textarea {
    display: block;
    line-height: 1.5;
    resize: vertical;
  }
  input:focus-visible,
  textarea:focus-visible {
    outline-offset: 0;
    border-color: transparent;
  }

  .strip {
    display: flex;
    gap: 10px;
    padding: 12px 14px;
    border: 1px solid var(--_warn-border);
    border-radius: var(--_radius-small);
    background: var(--_warn-surface);
  }
  .strip > .icon {
    margin-block-start: 0.15em;
    color: var(--_warn);
  }
  .strip > :not(.icon) {
    flex: 1;
    min-inline-size: 0;
  }
  .strip strong {
    font-weight: 600;
  }
  .strip .choices {
    margin-block-start: 10px;
  }
  .strip[data-kind='failed'] {
    border-color: var(--_bad-border);
    background: var(--_bad-surface);
  }
  .strip[data-kind='failed'] > .icon {
    color: var(--_bad);
  }
  .strip[data-kind='pending'] {
    border-color: transparent;
    background: var(--_p4-surface);
  }
  .strip[data-kind='pending'] > .icon {
    color: var(--_p4);
  }
  .hint {
    display: block;
    margin-block-start: 4px;
  }
  .strip .quiet {
    color: color-mix(in srgb, var(--_text) 82%, transparent);
  }

  form.details {
    margin: 0;
  }
  .title .quiet {
    margin-block-start: 4px;
    max-inline-size: 60ch;
  }
  .field label {
    display: block;
    margin-block-end: 4px;
    color: var(--_muted);
  }
  .field .quiet {
    margin-block-start: 4px;
    font-size: 0.93em;
  }

  .waiting {
    display: grid;
    gap: 14px;
  }
  .waiting i {
    block-size: 0.9em;
    border-radius: 999px;
    background: var(--_border);
    animation: breathe 1.6s ease-in-out infinite;
  }
  .waiting i:nth-child(2) {
    inline-size: 76%;
  }
  .waiting i:nth-child(3) {
    inline-size: 48%;
  }
  @keyframes breathe {
    50% {
      opacity: 0.5;
    }
  }
`
