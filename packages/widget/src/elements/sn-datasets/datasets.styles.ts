/** The looks of `<sn-datasets>`: the table of versions, cards where it is narrow, and the lists of its dialogs. */
import { css } from 'lit'
import { admin } from '../../look/admin.styles.ts'

const own = css`
  .chooser,
  .compare label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
    font-weight: 400;
  }
  .chooser span,
  .compare span {
    color: var(--_muted);
  }
  .compare {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 14px;
    margin: 0;
    padding: 0 var(--_gutter) 14px;
  }
  .connection {
    color: var(--_muted);
  }

  .scroller {
    overflow-x: auto;
    border-block-start: 1px solid var(--_border);
  }
  .scroller table {
    inline-size: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  .scroller th,
  .scroller td {
    padding: var(--_row) 12px;
    font-weight: 400;
    text-align: start;
    vertical-align: baseline;
  }
  .scroller tr > :first-child {
    padding-inline-start: var(--_gutter);
    white-space: nowrap;
  }
  .scroller tr > :last-child {
    padding-inline-end: var(--_gutter);
  }
  .scroller thead th {
    padding-block: 7px;
    border-block-end: 1px solid var(--_border);
    background: var(--_sunken);
    color: var(--_muted);
    font-size: 0.93em;
    font-weight: 500;
    white-space: nowrap;
  }
  tbody tr + tr > * {
    border-block-start: 1px solid var(--_border);
  }
  .scroller .figure,
  .scroller .acts {
    text-align: end;
    white-space: nowrap;
  }
  .acts .button {
    min-block-size: 28px;
    padding-inline: 10px;
  }
  .link + .chip {
    margin-inline-start: 8px;
  }
  .by,
  .notes {
    overflow-wrap: break-word;
  }
  .notes {
    display: block;
  }
  .by {
    display: block;
  }
  .changes {
    display: inline-flex;
    gap: 2px 10px;
    font-variant-numeric: tabular-nums;
  }
  .changes [data-kind='added'] {
    color: var(--_ok);
  }
  .changes [data-kind='deleted'] {
    color: var(--_bad);
  }
  .more-versions {
    padding: 12px var(--_gutter) 16px;
    border-block-start: 1px solid var(--_border);
    text-align: center;
  }
  p.told {
    padding: 12px var(--_gutter) 14px;
    border-block-start: 1px solid var(--_border);
  }

  .about {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(150px, 100%), 1fr));
    gap: 12px 20px;
  }
  .about .wide {
    grid-column: 1 / -1;
  }
  .about dt {
    color: var(--_muted);
    font-size: 0.93em;
  }
  .about code {
    overflow-wrap: anywhere;
  }
  .exports {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .page h3 {
    margin-block-end: 8px;
    font-size: 1em;
    font-weight: 600;
  }
  .items,
  .diffs {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .items li {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    padding-block: 8px;
    border-block-start: 1px solid var(--_border);
  }
  .items strong,
  .diffs strong {
    font-weight: 500;
    font-variant-numeric: tabular-nums;
  }
  .item-text {
    flex: 1 1 12em;
    min-inline-size: 0;
  }
  .diffs li {
    padding-block: 12px;
    border-block-start: 1px solid var(--_border);
  }
  .diffs li:first-child {
    padding-block-start: 0;
    border: 0;
  }
  .diff-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
  }
  .both {
    inline-size: 100%;
    margin-block-start: 8px;
    border-collapse: collapse;
    table-layout: fixed;
  }
  .both th,
  .both td {
    padding: 5px 0;
    padding-inline-end: 10px;
    border-block-start: 1px solid var(--_border);
    font-weight: 400;
    text-align: start;
    vertical-align: top;
  }
  .both thead th {
    border: 0;
    color: var(--_muted);
    font-size: 0.93em;
  }
  .will {
    display: grid;
    gap: 6px;
    margin: 0;
    padding-inline-start: 1.2em;
  }

  @container snowline (max-width: 640px) {
    .scroller thead {
      display: none;
    }
    .scroller table,
    .scroller tbody {
      display: block;
    }
    .scroller tr {
      display: grid;
      gap: 6px;
      padding: 12px var(--_gutter) 14px;
    }
    tbody tr + tr {
      border-block-start: 1px solid var(--_border);
    }
    tbody tr + tr > * {
      border: 0;
    }
    .scroller tr > :is(:first-child, :last-child, th, td) {
      padding: 0;
      text-align: start;
    }
    .scroller td[data-name] {
      display: grid;
      grid-template-columns: minmax(6em, 26%) minmax(0, 1fr);
      gap: 10px;
      white-space: normal;
    }
    .scroller td[data-name]::before {
      content: attr(data-name);
      color: var(--_muted);
    }
    .scroller td.acts:not(:has(button)) {
      display: none;
    }
  }
  @container snowline (max-width: 480px) {
    .chooser {
      flex: 1 1 100%;
    }
    .chooser select {
      flex: 1;
      min-inline-size: 0;
    }
  }
  @media (forced-colors: active) {
    .changes > * {
      color: CanvasText;
    }
  }
`

export const styles = [admin, own]
