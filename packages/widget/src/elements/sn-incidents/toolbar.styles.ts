/** What stands above and below the rows: search, filters, chips, and the count with its button. */
import { css } from 'lit'

export const toolbarStyles = css`
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 0 var(--_gutter) 14px;
  }
  .search {
    position: relative;
    flex: 0 1 320px;
    min-inline-size: 160px;
  }
  .search .icon {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 10px;
    margin-block: auto;
    color: var(--_muted);
    pointer-events: none;
  }
  .search input,
  .order select {
    inline-size: 100%;
    block-size: 34px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-small);
    background: var(--_surface);
  }
  .search input {
    padding: 0 10px 0 34px;
    padding-inline: 34px 10px;
    appearance: none;
  }
  .search input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .search input::-webkit-search-decoration {
    display: none;
  }
  .search input:focus-visible,
  .order select:focus-visible {
    outline-offset: 0;
    border-color: transparent;
  }
  .order {
    display: none;
  }
  .order select {
    padding-inline: 8px 4px;
    text-overflow: ellipsis;
  }

  .menu {
    position: relative;
  }
  .menu > .button {
    gap: 0.35em;
    padding-inline-end: 8px;
    font-weight: 400;
  }
  .badge {
    min-inline-size: 1.45em;
    padding-inline: 0.35em;
    border-radius: 999px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 0.86em;
    font-weight: 600;
    line-height: 1.45;
    text-align: center;
  }
  .sheet {
    position: absolute;
    z-index: 3;
    inset-block-start: calc(100% + 4px);
    inset-inline-start: 0;
    min-inline-size: 190px;
    padding: 5px;
    border: 1px solid var(--_border-strong);
    border-radius: calc(var(--_radius-small) + 3px);
    background: var(--_raised);
    box-shadow: 0 8px 28px light-dark(rgb(20 28 40 / 14%), rgb(0 0 0 / 50%));
  }
  .sheet[hidden] {
    display: none;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 9px;
    padding: 6px 9px;
    border-radius: calc(var(--_radius-small) - 1px);
    cursor: pointer;
  }
  .choice:hover,
  .choice:focus-within {
    background: var(--_sunken);
  }
  .choice input {
    inline-size: 15px;
    block-size: 15px;
    accent-color: var(--_accent);
  }

  .chips,
  .pair {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
  }
  .chips {
    padding: 0 var(--_gutter) 14px;
  }
  .chips:empty {
    display: none;
  }
  .filter-chip {
    display: inline-flex;
    align-items: center;
    gap: 0.3em;
    padding: 2px 5px 2px 10px;
    padding-inline: 10px 5px;
    border: 1px solid var(--_border);
    border-radius: 999px;
    background: var(--_sunken);
    font-size: 0.93em;
    cursor: pointer;
  }
  .filter-chip .icon {
    color: var(--_muted);
  }
  .filter-chip:hover {
    border-color: var(--_border-strong);
  }
  .filter-chip:hover .icon {
    color: var(--_text);
  }
  .clear {
    margin-inline-start: 4px;
  }

  .footer {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    min-block-size: 54px;
    padding: 9px var(--_gutter);
    color: var(--_muted);
  }
  .footer .button {
    color: var(--_text);
  }

  @container snowline (max-width: 480px) {
    .fetch {
      flex: 1 1 100%;
    }
    .as-of {
      flex-basis: 100%;
      padding-inline-start: 1.35em;
    }
    .as-of::before {
      content: none;
    }
    .search {
      flex: 1 1 100%;
    }
    .order {
      display: block;
      flex: 1 1 8em;
    }
    .menu:last-of-type .sheet {
      inset-inline: auto 0;
    }
  }
`
