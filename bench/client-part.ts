/** One part of the client benchmark, alone in its process: every incident once, by the client or by bare fetch and parse; prints one line of JSON. */
import { basicAuth, createClient } from '@snowline/sdk'

const PAGE = 1_000
/** What a list of incidents shows, and what is asked for unless `FIELDS=all`. */
const shown = [
  'sys_id',
  'number',
  'short_description',
  'state',
  'priority',
  'category',
  'caller_id',
  'assigned_to',
  'assignment_group',
  'opened_at',
  'sys_updated_on',
] as const
const whole = process.env.FIELDS === 'all'
const [part = '', url = '', lanesText = '1'] = process.argv.slice(2)
const lanes = Number(lanesText)

/** What a user writes. */
async function byClient(): Promise<number> {
  const auth = basicAuth({ username: 'admin', password: 'admin' })
  const sn = createClient({ instanceUrl: url, auth, allowedOrigins: [url] })
  let rows = 0
  const fields = whole ? {} : { fields: shown }
  for await (const incident of sn.incidents.list({ ...fields, pageLimit: PAGE, lanes })) {
    if (incident.sys_id !== '') rows += 1
  }
  return rows
}

/** The least that can be done: the same pages by the same keys, each fetched and parsed, nothing checked. */
async function byHand(): Promise<number> {
  const edges = Array.from({ length: lanes + 1 }, (_, lane) =>
    Math.round((lane * 256) / lanes)
      .toString(16)
      .padStart(2, '0'),
  )
  const counts = edges
    .slice(0, -1)
    .map((from, lane) => readRange(from, lane === lanes - 1 ? 'g' : (edges[lane + 1] ?? 'g')))
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

async function readRange(from: string, to: string): Promise<number> {
  const headers = { authorization: `Basic ${btoa('admin:admin')}`, accept: 'application/json' }
  let rows = 0
  const fields = whole ? '' : `&sysparm_fields=${shown.join(',')}`
  let after = `sys_id>=${from}`
  for (;;) {
    const query = encodeURIComponent(`${after}^sys_id<${to}^ORDERBYsys_id`)
    const parameters = `sysparm_query=${query}&sysparm_limit=${PAGE}&sysparm_exclude_reference_link=true${fields}`
    const answer = await fetch(`${url}/api/now/table/incident?${parameters}`, { headers })
    const { result } = JSON.parse(await answer.text()) as { result: Record<string, string>[] }
    for (const incident of result) if (incident.sys_id !== '') rows += 1
    const last = result.at(-1)
    if (last === undefined || result.length < PAGE) return rows
    after = `sys_id>${last.sys_id}`
  }
}

const startedMs = performance.now()
const rows = await (part === 'client' ? byClient() : byHand())
const ms = performance.now() - startedMs
console.log(JSON.stringify({ rows, ms, peakMib: process.resourceUsage().maxRSS / 1024 }))
