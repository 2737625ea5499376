/** The one file for a script tag: `<sn-incidents>` with everything inside, ready to use. */
import './define-incidents.ts'
