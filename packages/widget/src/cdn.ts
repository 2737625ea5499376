/** The one file for a script tag: everything inside, the tag ready to use. */
import './define.ts'
