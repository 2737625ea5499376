/** Rows: a dense, quiet table; cards where the element is narrow; grey bones while loading. */
import { css } from 'lit'

export const tableStyles = css`
  .scroller {
    position: relative;
    overflow-x: auto;
    border-block: 1px solid var(--_border);
  }
  .scroller:focus-visible {
    outline-offset: -2px;
  }
  .scroller[data-busy] tbody {
    opacity: 0.55;
    transition: opacity 0.15s 0.1s;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    border-spacing: 0;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: var(--_row) 12px;
    font-weight: 400;
    text-align: start;
    vertical-align: middle;
    white-space: nowrap;
  }
  tr > :first-child {
    padding-inline-start: var(--_gutter);
  }
  tr > :last-child {
    padding-inline-end: var(--_gutter);
  }
  thead th {
    padding-block: 0;
    border-block-end: 1px solid var(--_border);
    background: var(--_sunken);
  }
  .head {
    display: inline-flex;
    align-items: center;
    gap: 0.25em;
    block-size: 34px;
    color: var(--_muted);
    font-size: 0.93em;
    font-weight: 500;
  }
  .sort {
    padding: 0;
    border: 0;
    background: none;
    cursor: pointer;
  }
  .sort:hover,
  [aria-sort] .sort {
    color: var(--_text);
  }
  .sort:focus-visible {
    outline-offset: -3px;
    border-radius: 6px;
  }
  .card-head {
    display: none;
  }
  .arrow {
    display: inline-flex;
    opacity: 0;
  }
  .sort:hover .arrow,
  .sort:focus-visible .arrow {
    opacity: 0.5;
  }
  [aria-sort] .arrow {
    opacity: 1 !important;
  }

  tbody tr {
    cursor: pointer;
    transition: background-color 0.1s;
  }
  tbody tr + tr > * {
    border-block-start: 1px solid var(--_border);
  }
  tbody tr:hover,
  tbody tr:focus-within {
    background: var(--_sunken);
  }
  tbody tr[data-current] {
    background: color-mix(in srgb, var(--_accent) 8%, var(--_surface));
  }
  td[data-key='short_description'],
  td[data-key='description'],
  td[data-key='close_notes'] {
    inline-size: 100%;
    min-inline-size: 15em;
    max-inline-size: 0;
  }
  td :is(.state, .priority) {
    display: flex;
    inline-size: fit-content;
  }
  td .text {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    max-inline-size: 22em;
  }
  td[data-key='short_description'] .text,
  td[data-key='description'] .text,
  td[data-key='close_notes'] .text {
    max-inline-size: none;
  }
  td[data-kind='time'],
  td[data-kind='reference'] {
    color: var(--_muted);
  }
  .mark {
    display: inline-flex;
    margin-inline-start: 6px;
    color: var(--_muted);
    vertical-align: -0.2em;
  }

  .skeleton {
    border-block: 1px solid var(--_border);
    border-block-end: 0;
    padding-block-end: 20px;
  }
  .bones {
    display: flex;
    align-items: center;
    gap: 24px;
    block-size: 41px;
    padding-inline: var(--_gutter);
    border-block-end: 1px solid var(--_border);
  }
  .bones.headline {
    block-size: 35px;
    background: var(--_sunken);
  }
  .bones span {
    flex: 0 0 88px;
  }
  .bones [data-key='short_description'] {
    flex: 1;
  }
  .bones i,
  .waiting i {
    display: block;
    block-size: 9px;
    border-radius: 5px;
    background: var(--_border);
    animation: breathe 1.6s ease-in-out infinite;
  }
  .bones:nth-child(3n) [data-key='short_description'] i {
    inline-size: 62%;
  }
  .bones:nth-child(3n + 1) [data-key='short_description'] i {
    inline-size: 44%;
  }
  .bones:nth-child(3n + 2) [data-key='short_description'] i {
    inline-size: 53%;
  }
  @keyframes breathe {
    50% {
      opacity: 0.45;
    }
  }

  @container snowline (max-width: 760px) {
    [data-key='assigned_to'] {
      display: none;
    }
  }

  @container snowline (max-width: 480px) {
    table,
    tbody {
      display: block;
    }
    thead {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    thead .sort {
      display: none;
    }
    .card-head {
      display: inline;
    }
    tbody tr {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px 12px;
      padding: 12px var(--_gutter);
    }
    tbody tr + tr {
      border-block-start: 1px solid var(--_border);
    }
    tbody tr + tr > * {
      border: 0;
    }
    tbody tr > :is(th, td):is(*, :first-child, :last-child) {
      padding: 0;
    }
    tbody [data-key='number'] {
      order: -3;
      flex: 1;
    }
    tbody [data-key='updated_on'] {
      order: -2;
    }
    tbody [data-key='short_description'] {
      order: -1;
      flex: 1 0 100%;
      max-inline-size: 100%;
      min-inline-size: 0;
      white-space: normal;
    }
    td[data-key='short_description'] .text {
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 2;
      line-clamp: 2;
    }
    .bones {
      flex-wrap: wrap;
      gap: 8px 12px;
      block-size: auto;
      padding-block: 16px;
    }
    .bones.headline {
      display: none;
    }
    .bones [data-key='number'] {
      order: -3;
      flex-grow: 1;
    }
    .bones [data-key='number'] i {
      inline-size: 88px;
    }
    .bones [data-key='updated_on'] {
      order: -2;
    }
    .bones [data-key='short_description'] {
      order: -1;
      flex: 1 0 100%;
    }
  }
`
