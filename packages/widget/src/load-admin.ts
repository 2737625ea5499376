/** The one door to what comes later. `snowline-all.js` is built with another one: see `cdn-load-admin.ts`. */

export const loadAdmin = () => import('./admin.ts')
