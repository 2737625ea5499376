/** Waits until the page's own module scripts have run: they set `getToken` after our tag has already come to life. */

/** Calls back at once on a finished page, else when its deferred scripts are done. Gives the way to call it off. */
export function whenScriptsRan(callback: () => void): () => void {
  if (scriptsRan()) {
    callback()
    return () => undefined
  }
  const events = ['DOMContentLoaded', 'load'] as const
  const target: Record<(typeof events)[number], EventTarget> = { DOMContentLoaded: document, load: window }
  const stop = () => {
    for (const name of events) target[name].removeEventListener(name, run)
  }
  const run = () => {
    stop()
    callback()
  }
  for (const name of events) target[name].addEventListener(name, run)
  return stop
}

/** `interactive` covers both sides of DOMContentLoaded; only the navigation's own record tells them apart. */
function scriptsRan(): boolean {
  if (document.readyState !== 'interactive') return document.readyState === 'complete'
  const [entry] = performance.getEntriesByType('navigation')
  return entry instanceof PerformanceNavigationTiming ? entry.domContentLoadedEventStart > 0 : true
}
