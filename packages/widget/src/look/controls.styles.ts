/** Buttons, fields, links and chips: the small parts every element is made of. */
import { css } from 'lit'

export const controls = css`
  button,
  input,
  select {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
    margin: 0;
  }

  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.45em;
    min-block-size: 34px;
    padding: 0 12px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    background: var(--_raised);
    color: var(--_text);
    font-weight: 500;
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
    transition:
      background-color 0.12s,
      border-color 0.12s;
  }
  .button:hover {
    background: var(--_sunken);
    border-color: color-mix(in srgb, var(--_text) 30%, var(--_border-strong));
  }
  .button .icon {
    color: var(--_muted);
  }
  .button.primary {
    background: var(--_accent);
    border-color: var(--_accent);
    color: var(--_on-accent);
  }
  .button.primary:hover {
    background: color-mix(in srgb, var(--_accent) 88%, var(--_text));
  }
  .button.primary .icon {
    color: inherit;
  }
  .button[aria-disabled='true'] {
    cursor: default;
    opacity: 0.75;
  }
  .button.plain {
    border-color: transparent;
    background: none;
  }
  .button.plain:hover {
    background: var(--_sunken);
  }
  .button.square {
    inline-size: 34px;
    padding: 0;
  }

  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--_accent);
    font-weight: 500;
    text-align: start;
    text-decoration: none;
    cursor: pointer;
    border-radius: 3px;
  }
  .link:hover {
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }

  .state,
  .priority {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    max-inline-size: 100%;
    white-space: nowrap;
    vertical-align: middle;
  }
  .words {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .state .icon {
    color: var(--_muted);
  }
  .state[data-tone='1'] .icon {
    color: light-dark(#2467b8, #7db4f5);
  }
  .state[data-tone='2'] .icon {
    color: light-dark(#b06a00, #eab25c);
  }
  .state[data-tone='3'] .icon {
    color: light-dark(#7a55b5, #bfa3ef);
  }
  .state[data-tone='6'] .icon {
    color: var(--_ok);
  }
  .state[data-tone='7'],
  .state[data-tone='8'] {
    color: var(--_muted);
  }

  .priority {
    padding: 1px 8px 1px 6px;
    padding-inline: 6px 8px;
    border: 1px solid transparent;
    border-radius: 999px;
    background: var(--_p5-surface);
    color: var(--_p5);
    font-size: 0.93em;
    font-weight: 500;
  }
  .priority[data-tone='1'] {
    background: var(--_p1-surface);
    color: var(--_p1);
  }
  .priority[data-tone='2'] {
    background: var(--_p2-surface);
    color: var(--_p2);
  }
  .priority[data-tone='3'] {
    background: var(--_p3-surface);
    color: var(--_p3);
  }
  .priority[data-tone='4'] {
    background: var(--_p4-surface);
    color: var(--_p4);
  }

  .spin {
    animation: spin 0.9s linear infinite;
  }
  @keyframes spin {
    to {
      rotate: 360deg;
    }
  }

  @media (forced-colors: active) {
    .priority {
      border-color: CanvasText;
      color: CanvasText;
    }
    .icon {
      color: CanvasText !important;
    }
    .button.primary {
      border-color: ButtonText;
    }
  }
`
