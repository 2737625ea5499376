/** The looks of `<sn-integrations>`: its rows, the bar of a run, the form. */
import { css } from 'lit'
import { admin } from '../../look/admin.styles.ts'

const own = css`
  .rows {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .row article {
    display: grid;
    gap: 10px;
    padding: 18px var(--_gutter) 20px;
    border-block-start: 1px solid var(--_border);
  }
  .row article > * {
    min-inline-size: 0;
  }
  .row-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 14px;
  }
  .row h3 {
    min-inline-size: 0;
    font-size: 1.1em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .row-acts {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 4px;
  }
  .row-acts .plain {
    padding-inline: 9px;
  }
  .row-sub {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    margin-block-start: -8px;
    overflow-wrap: anywhere;
  }
  .row-facts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(17em, 100%), 1fr));
    gap: 8px 24px;
  }
  .row-facts dt {
    color: var(--_muted);
    font-size: 0.93em;
  }
  .row-facts dd {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 9px;
    min-block-size: 1.8em;
    overflow-wrap: anywhere;
  }
  .row-error {
    flex-basis: 100%;
    color: var(--_bad);
  }

  .switch {
    display: inline-flex;
    align-items: center;
    gap: 0.5em;
    padding: 3px 4px;
    border: 0;
    border-radius: 999px;
    background: none;
    color: var(--_muted);
    cursor: pointer;
  }
  .track {
    display: block;
    inline-size: 30px;
    padding: 2px;
    border: 1px solid var(--_muted);
    border-radius: 999px;
  }
  .thumb {
    display: block;
    inline-size: 12px;
    block-size: 12px;
    border-radius: 50%;
    background: var(--_muted);
  }
  .switch[aria-checked='true'] {
    color: var(--_text);
  }
  .switch[aria-checked='true'] .track {
    border-color: var(--_accent);
    background: var(--_accent);
  }
  .switch[aria-checked='true'] .thumb {
    margin-inline-start: auto;
    background: var(--_on-accent);
  }

  .run {
    display: grid;
    gap: 8px;
    padding: 12px 14px;
    border-radius: var(--_radius-small);
    background: var(--_sunken);
  }
  .run-head {
    display: flex;
    align-items: center;
    gap: 10px;
  }
  .run-head .icon {
    color: var(--_accent);
  }
  .run-now {
    flex: 1;
    min-inline-size: 0;
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .run-facts {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    font-variant-numeric: tabular-nums;
  }
  .run-lost {
    display: flex;
    gap: 0.4em;
    color: var(--_warn);
  }
  progress {
    inline-size: 100%;
    block-size: 6px;
    border: 0;
    border-radius: 999px;
    background: var(--_border-strong);
    overflow: hidden;
    appearance: none;
  }
  progress::-webkit-progress-bar {
    background: var(--_border-strong);
  }
  progress::-webkit-progress-value {
    border-radius: 999px;
    background: var(--_accent);
    transition: inline-size 0.2s;
  }
  progress::-moz-progress-bar {
    border-radius: 999px;
    background: var(--_accent);
  }
  progress:indeterminate {
    background: linear-gradient(
      90deg,
      var(--_border-strong) 0 30%,
      var(--_accent) 45% 55%,
      var(--_border-strong) 70% 100%
    );
    background-size: 250% 100%;
    animation: flow 1.6s linear infinite;
  }
  progress:indeterminate::-webkit-progress-bar {
    background: none;
  }
  progress:indeterminate::-moz-progress-bar {
    background: none;
  }
  @keyframes flow {
    from {
      background-position: 125% 0;
    }
    to {
      background-position: -125% 0;
    }
  }
  .strip[data-run='cancelled'] > .icon {
    color: var(--_muted);
  }
  .checks,
  .runs {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .checks li {
    display: flex;
    gap: 0.5em;
    margin-block-start: 6px;
  }
  .checks .icon {
    margin-block-start: 0.15em;
    color: var(--_ok);
  }
  .checks [data-status='warn'] .icon {
    color: var(--_warn);
  }
  .checks [data-status='fail'] .icon {
    color: var(--_bad);
  }

  .runs li {
    display: grid;
    gap: 4px;
    padding-block: 12px;
    border-block-start: 1px solid var(--_border);
  }
  .runs li:first-child {
    padding-block-start: 0;
    border: 0;
  }
  .run-line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
  }
  .run-line strong {
    font-weight: 500;
  }

  fieldset {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr));
    gap: 14px;
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    float: inline-start;
    grid-column: 1 / -1;
    padding: 0;
    font-weight: 600;
  }
  .wide {
    grid-column: 1 / -1;
  }
  .field select {
    inline-size: 100%;
    min-block-size: 36px;
  }
  .check {
    display: flex;
    gap: 10px;
  }
  .check label {
    margin: 0;
    color: inherit;
  }
  .check .quiet {
    margin: 0;
  }
  input[type='checkbox'],
  input[type='radio'] {
    inline-size: 16px;
    min-block-size: 16px;
    block-size: 16px;
    flex: none;
    margin-block-start: 2px;
    padding: 0;
    accent-color: var(--_accent);
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    grid-column: 1 / -1;
    gap: 8px;
  }
  .way {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    padding: 7px 12px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    font-weight: 400;
    cursor: pointer;
  }
  .way:has(:checked) {
    border-color: var(--_accent);
    font-weight: 500;
  }
  .way input {
    margin: 0;
  }
  .more summary {
    margin-block-end: 14px;
    font-weight: 600;
    cursor: pointer;
  }
  .words-now {
    color: var(--_text);
    font-weight: 500;
  }

  @container snowline (max-width: 480px) {
    .row-acts {
      flex-basis: 100%;
      justify-content: flex-start;
      margin-inline-start: -9px;
    }
    .row-acts .button:not(.plain) {
      margin-inline-start: 9px;
    }
    .row-acts .plain {
      padding-inline: 7px;
    }
    .row-acts .plain .swap > :not(.now) {
      display: none;
    }
    .row-acts {
      gap: 4px 0;
    }
    .row-sub {
      margin-block-start: 0;
    }
    .run-head,
    .row .strip:has(> button:not(.dismiss)) {
      flex-wrap: wrap;
    }
    .strip[data-kind='paused'] > div {
      flex: 1 0 calc(100% - 40px);
    }
    .strip[data-kind='paused'] > .button {
      margin-inline-start: 26px;
    }
  }
  @media (forced-colors: active) {
    .track {
      border-color: ButtonText;
    }
    .thumb {
      background: ButtonText;
    }
    .switch[aria-checked='true'] .track {
      background: Highlight;
    }
    .run {
      border: 1px solid CanvasText;
    }
  }
`

export const styles = [admin, own]
