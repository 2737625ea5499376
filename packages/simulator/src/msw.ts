/** Entry `@snowline/simulator/msw`: an instance behind Mock Service Worker, in Node and in a browser. */
import type { Instance } from './instance.ts'

/** The part of msw's `http` that is used. The caller gives it, so that there is one msw and none is installed for nothing. */
export interface MswHttp<H> {
  all(predicate: string | RegExp, resolver: (info: { readonly request: Request }) => Promise<Response>): H
}

/** Which requests go to the instance. */
export interface MswOptions {
  /** The instance's address; default every host of service-now.com. */
  readonly origin?: string
}

const ANY_INSTANCE = /^https:\/\/[a-z0-9-]+\.service-now\.com\//

/**
 * Handlers of msw 2 and 3 that let an instance answer. A connection that the instance breaks becomes msw's network
 * error; a request that it never answers ends with the caller's signal.
 *
 * @example
 * import { http } from 'msw'
 * import { setupServer } from 'msw/node'
 * const server = setupServer(...handlers(createInstance({ incidents: 25 }), http))
 */
export function handlers<H>(instance: Instance, http: MswHttp<H>, { origin }: MswOptions = {}): [H] {
  const predicate = origin === undefined ? ANY_INSTANCE : `${new URL(origin).origin}/*`
  const answer = async ({ request }: { readonly request: Request }): Promise<Response> => {
    try {
      return await instance.fetch(request)
    } catch {
      // msw would make an answer of 500 out of an error that is thrown.
      return Response.error()
    }
  }
  return [http.all(predicate, answer)]
}
