/** The theme: every colour and measure as a `--sn-*` property with a light and a dark default, and a wall against host CSS. */
import { css } from 'lit'

export const tokens = css`
  :host {
    display: block;
    --_surface: var(--sn-surface, light-dark(#ffffff, #15181d));
    --_raised: var(--sn-surface-raised, light-dark(#ffffff, #1b1f25));
    --_sunken: var(--sn-surface-sunken, light-dark(#f7f8fa, #1a1e24));
    --_text: var(--sn-text, light-dark(#1a1f27, #e6e9ee));
    --_muted: var(--sn-text-muted, light-dark(#59616e, #a0a9b6));
    --_border: var(--sn-border, light-dark(#e6e8ec, #2a2f37));
    --_border-strong: var(--sn-border-strong, light-dark(#d2d6dc, #3b424d));
    --_accent: var(--sn-accent, light-dark(#1c4f94, #9cc4f7));
    --_on-accent: var(--sn-on-accent, light-dark(#ffffff, #0d1a2b));
    --_focus: var(--sn-focus, light-dark(#2f6fc4, #8ab8f5));
    --_radius: var(--sn-radius, 12px);
    --_radius-small: var(--sn-radius-small, 7px);
    --_row: var(--sn-row-padding, 10px);

    --_ok: light-dark(#1b7a43, #6fd19a);
    --_warn: light-dark(#9a5b00, #f0bd6a);
    --_bad: light-dark(#b3261e, #ff9d94);
    --_warn-surface: light-dark(#fff8eb, #2b2211);
    --_warn-border: light-dark(#f0ddb8, #4d3d1c);
    --_bad-surface: light-dark(#fdf1f0, #311816);
    --_bad-border: light-dark(#f3d0cd, #5a2a26);

    --_p1: var(--sn-p1, light-dark(#9f1d14, #ffb4ab));
    --_p1-surface: var(--sn-p1-surface, light-dark(#fde8e6, #4a1210));
    --_p2: var(--sn-p2, light-dark(#8a3a00, #ffb77a));
    --_p2-surface: var(--sn-p2-surface, light-dark(#ffead9, #4a2300));
    --_p3: var(--sn-p3, light-dark(#6b4e00, #f2cc60));
    --_p3-surface: var(--sn-p3-surface, light-dark(#fff3cc, #3d2e00));
    --_p4: var(--sn-p4, light-dark(#0b4f8a, #8cc8ff));
    --_p4-surface: var(--sn-p4-surface, light-dark(#e1f0ff, #06304f));
    --_p5: var(--sn-p5, light-dark(#454b54, #c3c8d0));
    --_p5-surface: var(--sn-p5-surface, light-dark(#eceef1, #2b3038));
  }
  :host([hidden]) {
    display: none;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  .root,
  dialog {
    color: var(--_text);
    font-size: max(0.875em, 13px);
    font-style: normal;
    font-weight: 400;
    font-variant: normal;
    line-height: 1.45;
    letter-spacing: normal;
    word-spacing: normal;
    text-align: start;
    text-indent: 0;
    text-transform: none;
    text-shadow: none;
    white-space: normal;
    cursor: auto;
    -webkit-font-smoothing: antialiased;
  }
  .root {
    container: snowline / inline-size;
  }

  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .icon {
    inline-size: 1.15em;
    block-size: 1.15em;
    flex: none;
  }

  :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
      scroll-behavior: auto !important;
    }
  }
`
