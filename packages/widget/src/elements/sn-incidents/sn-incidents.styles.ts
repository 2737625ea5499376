/** The looks of `<sn-incidents>`: theme, controls, frame, list and dialog, in this order. */
import type { CSSResultGroup } from 'lit'
import { controls } from '../../look/controls.styles.ts'
import { frame } from '../../look/frame.styles.ts'
import { sheet } from '../../look/sheet.styles.ts'
import { tokens } from '../../look/tokens.styles.ts'
import { detailsStyles } from './details.styles.ts'
import { tableStyles } from './table.styles.ts'
import { toolbarStyles } from './toolbar.styles.ts'

export const styles: CSSResultGroup = [
  tokens,
  controls,
  frame,
  toolbarStyles,
  tableStyles,
  sheet,
  detailsStyles,
]
