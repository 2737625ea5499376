/** The looks of `<sn-ticket>`: theme, controls, frame, the sheet for what is sent, and the panel's own. */
import { type CSSResultGroup, css } from 'lit'
import { controls } from '../../look/controls.styles.ts'
import { form } from '../../look/form.styles.ts'
import { frame } from '../../look/frame.styles.ts'
import { sheet } from '../../look/sheet.styles.ts'
import { tokens } from '../../look/tokens.styles.ts'

const panel = css`
  .header {
    flex-wrap: nowrap;
    padding-block: 15px 13px;
  }
  .headline {
    flex: 1;
  }
  .link-state {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    padding-inline: 7px 9px;
    padding-block: 1px;
    border: 1px solid var(--_border);
    border-radius: 999px;
    background: var(--_sunken);
    color: var(--_muted);
    font-size: 0.93em;
    font-weight: 500;
    white-space: nowrap;
  }
  .link-state[data-state='ok'] {
    color: var(--_ok);
  }
  .link-state[data-state='pending'] {
    border-color: transparent;
    background: var(--_p4-surface);
    color: var(--_p4);
  }
  .link-state[data-state='waiting'] {
    border-color: var(--_warn-border);
    background: var(--_warn-surface);
    color: var(--_warn);
  }
  .link-state[data-state='failed'] {
    border-color: var(--_bad-border);
    background: var(--_bad-surface);
    color: var(--_bad);
  }

  .inside {
    display: grid;
    gap: 16px;
    padding: 0 var(--_gutter) 18px;
  }
  .inside > *,
  .outcome {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .who .ident {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    font-size: 1.45em;
    font-weight: 600;
    letter-spacing: -0.012em;
    font-variant-numeric: tabular-nums;
  }
  .who .ident {
    color: var(--_text);
  }
  .who .link.link {
    color: var(--_accent);
  }
  .who .ident .icon {
    inline-size: 0.8em;
    block-size: 0.8em;
  }
  .sides {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(125px, 1fr));
    gap: 14px 20px;
    padding-block: 14px;
    border-block: 1px solid var(--_border);
  }
  .sides dt {
    margin-block-end: 2px;
    color: var(--_muted);
    font-size: 0.93em;
  }
  .sides dd {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 10px;
  }

  .acts {
    display: grid;
    gap: 8px;
  }
  .acts .button {
    inline-size: 100%;
    min-block-size: 36px;
    padding-block: 6px;
    white-space: normal;
  }
  .button .swap > * {
    text-align: center;
  }
  .reason {
    font-size: 0.93em;
    text-align: center;
  }
  .last {
    text-align: center;
  }
  .link.quiet {
    color: var(--_muted);
  }
  .choices,
  .inline {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .ask {
    display: grid;
    gap: 8px;
    padding: 14px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius-small);
    background: var(--_sunken);
  }
  .ask strong {
    font-weight: 500;
  }
  .inline input {
    flex: 1 1 9em;
  }
  .both {
    inline-size: 100%;
    margin-block-start: 10px;
    border-collapse: collapse;
    text-align: start;
  }
  .both th,
  .both td {
    padding: 5px 8px 5px 0;
    padding-inline: 0 8px;
    border-block-start: 1px solid var(--_warn-border);
    font-weight: 400;
    text-align: start;
    vertical-align: top;
  }
  .both thead th {
    border: 0;
    font-size: 0.93em;
  }
  .both td {
    font-weight: 500;
  }

  .outcome:not(:has(.told, .strip)) {
    padding: 0;
  }
  .outcome {
    display: grid;
    gap: 10px;
    padding: 0 var(--_gutter) 18px;
  }
  .told {
    padding-block-start: 12px;
    border-block-start: 1px solid var(--_border);
  }

  .page {
    display: grid;
    align-content: start;
    gap: 22px;
    border-block-start: 1px solid var(--_border);
  }
  fieldset {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
    gap: 14px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  fieldset[data-group='fieldsMissing'] {
    padding: 14px 16px 16px;
    border: 1px solid var(--_warn-border);
    border-radius: var(--_radius-small);
    background: var(--_warn-surface);
  }
  legend,
  .aside h3 {
    margin-block-end: 10px;
    padding: 0;
    font-size: 1em;
    font-weight: 600;
  }
  fieldset[data-group='fieldsMissing'] legend {
    float: inline-start;
    grid-column: 1 / -1;
    margin: 0;
    color: var(--_warn);
  }
  fieldset[data-group='fieldsMain'] .field,
  fieldset[data-group='fieldsMissing'] .field,
  .field.wide {
    grid-column: 1 / -1;
  }
  .aside h3 {
    margin-block-end: 4px;
  }
  .aside ul {
    margin: 0;
    padding-inline-start: 1.2em;
    color: var(--_muted);
  }
  .aside li strong {
    color: var(--_text);
    font-weight: 500;
  }
  .aside dl div {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 8px;
  }
  .aside dt {
    color: var(--_muted);
  }
  .aside dd {
    overflow-wrap: anywhere;
  }
`

export const styles: CSSResultGroup = [tokens, controls, frame, sheet, form, panel]
