/** What the two administration elements share beyond the common sheets: chips, the asking dialog, lists in a sheet. */
import { css } from 'lit'

export const admin = css`
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    padding-inline: 6px 9px;
    border: 1px solid var(--_border);
    border-radius: 999px;
    background: var(--_sunken);
    color: var(--_muted);
    font-size: 0.93em;
    font-weight: 500;
    white-space: nowrap;
  }
  .chip .icon {
    inline-size: 1em;
    block-size: 1em;
  }
  .chip[data-tone='ok'],
  .chip[data-tone='added'] {
    color: var(--_ok);
  }
  .chip[data-tone='going'] {
    border-color: transparent;
    background: var(--_p4-surface);
    color: var(--_p4);
  }
  .chip[data-tone='bad'],
  .chip[data-tone='deleted'] {
    border-color: var(--_bad-border);
    background: var(--_bad-surface);
    color: var(--_bad);
  }
  .chip[data-tone='updated'] {
    border-color: transparent;
    background: var(--_p4-surface);
    color: var(--_p4);
  }

  select {
    min-block-size: 34px;
    max-inline-size: 100%;
    padding-inline: 10px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    background: var(--_raised);
  }
  /* Words of another direction keep it, and stand where the page begins its lines. */
  [dir]:not(input, textarea) {
    text-align: match-parent;
  }
  .rows-waiting {
    padding: 24px var(--_gutter) 36px;
    border-block-start: 1px solid var(--_border);
  }
  .stale {
    padding: 0 var(--_gutter) 14px;
  }
  .strip {
    overflow-wrap: anywhere;
  }
  .strip[data-kind='done'] {
    border-color: var(--_border);
    background: var(--_sunken);
  }
  .strip[data-kind='done'] > .icon {
    color: var(--_ok);
  }
  .strip > button.button {
    flex: none;
    align-self: start;
  }
  .button .swap > * {
    text-align: center;
  }
  .strip > .dismiss.button {
    inline-size: 26px;
    min-block-size: 26px;
    margin: -3px -4px 0 0;
    margin-inline: 0 -4px;
  }
  .title .quiet {
    overflow-wrap: anywhere;
  }
  .page {
    display: grid;
    align-content: start;
    gap: 20px;
    border-block-start: 1px solid var(--_border);
    overflow-wrap: anywhere;
  }
  .fault {
    display: flex;
    gap: 0.4em;
    margin-block-start: 4px;
    color: var(--_bad);
  }
  .fault .icon {
    margin-block-start: 0.15em;
  }
  [aria-invalid='true'] {
    border-color: var(--_bad);
  }

  dialog.question {
    inset: 0;
    inline-size: min(480px, calc(100vw - 32px));
    block-size: fit-content;
    max-block-size: calc(100dvh - 32px);
    margin: auto;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    overflow: auto;
  }
  dialog.question[open] {
    animation-name: fade;
  }
  .question-body {
    display: grid;
    gap: 14px;
    padding: 22px 24px 20px;
    overflow-wrap: anywhere;
  }
  .question-body h2 {
    font-size: 1.22em;
    font-weight: 600;
    line-height: 1.3;
  }
  .question-body form {
    display: grid;
    gap: 14px;
    margin: 0;
  }
  .question-acts {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-block-start: 4px;
  }

  @media (forced-colors: active) {
    .chip,
    .strip {
      border-color: CanvasText;
      color: CanvasText;
    }
    progress {
      border: 1px solid CanvasText;
    }
  }
`
