/** The one file for a script tag with every element inside. */
import './define.ts'
