/** Builds elements of text and attributes only: nothing here can turn a text into markup. */

/**
 * An element with attributes and children; a text becomes a text node. Attributes that are null or false are left out.
 * Example: `make('a', { href: 'servicenow' }, 'ServiceNow')`.
 * @param {string} tag
 * @param {Record<string, string | boolean | null>} [attributes]
 * @param {...(Node | string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children)
  return element
}

const SVG = 'http://www.w3.org/2000/svg'

/**
 * A line icon of 16 by 16 in the colour of its text, with a filled part where one is given.
 * @param {string} path
 * @param {string} [filled]
 */
export function icon(path, filled) {
  const picture = document.createElementNS(SVG, 'svg')
  picture.setAttribute('viewBox', '0 0 16 16')
  picture.setAttribute('class', 'icon')
  picture.setAttribute('aria-hidden', 'true')
  picture.append(shape(path, 'none'))
  if (filled !== undefined) picture.append(shape(filled, 'currentColor'))
  return picture
}

function shape(path, fill) {
  const drawn = document.createElementNS(SVG, 'path')
  drawn.setAttribute('d', path)
  drawn.setAttribute('fill', fill)
  return drawn
}

/**
 * The one element with this id. Throws when the page has none: page and script belong together.
 * @param {string} id
 */
export function part(id) {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}`)
  return found
}
