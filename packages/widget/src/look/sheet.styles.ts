/** The dialog: a sheet at the far side of the window, the list still in sight; the whole window where that is narrow. */
import { css } from 'lit'

export const sheet = css`
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
  .foot {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    padding: 12px var(--_gutter);
    border-block-start: 1px solid var(--_border);
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
  .page .notice {
    border: 1px solid var(--_bad-border);
    border-radius: var(--_radius-small);
    padding-inline: 14px;
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
