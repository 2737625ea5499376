/** A client of the simulated instance that counts its requests. */
import { basicAuth, createClient } from '@snowline/sdk'

export function countedClient(url: string) {
  let requests = 0
  const counting: typeof fetch = (...given) => {
    requests += 1
    return fetch(...given)
  }
  const auth = basicAuth({ username: 'admin', password: 'admin' })
  const client = createClient({ instanceUrl: url, auth, allowedOrigins: [url], fetch: counting })
  return { client, requests: () => requests }
}
