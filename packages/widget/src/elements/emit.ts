/** Fires the events of our elements: typed by the map of the page's events, bubbling, crossing shadow roots. */

type Detail<K extends keyof HTMLElementEventMap> =
  HTMLElementEventMap[K] extends CustomEvent<infer D> ? D : never

/** Fires one event; false when a listener prevented it (only `sn-incident-open` can be). */
export function emit<K extends keyof HTMLElementEventMap>(
  target: EventTarget,
  type: K,
  detail: Detail<K>,
): boolean {
  const cancelable = type === 'sn-incident-open'
  return target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }))
}
