/** The help desk's routes: health in every state, the list with all its parameters, the stored copy when the instance is away. */
import { createInstance } from '@snowline/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { INSTANCE, TestServer, type TestServerOptions } from '../kit.ts'

const SN = { SN_INSTANCE_URL: INSTANCE, SN_USERNAME: 'admin', SN_PASSWORD: 'admin' }

interface View {
  sys_id: string
  number: string
  updated_on: string
  state: { value: string; label: string }
  [member: string]: unknown
}

const views = (body: Record<string, unknown>): View[] => body.incidents as View[]

describe('health', () => {
  const opened: TestServer[] = []
  const open = async (options: TestServerOptions = {}): Promise<TestServer> => {
    const server = await TestServer.open({ incidents: 3, ...options })
    opened.push(server)
    return server
  }
  afterEach(async () => {
    for (const server of opened.splice(0)) await server.close()
  })

  test('not configured: 200, the friendly sentence, the missing names', async () => {
    const server = await open()
    const { status, body } = await server.get('/api/sn/health', { as: 'viewer' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      success: true,
      configured: false,
      connected: false,
      status: 'not_configured',
      message: 'ServiceNow not configured',
      source: null,
      instance: null,
      auth_type: null,
      missing: ['SN_INSTANCE_URL', 'SN_USERNAME', 'SN_PASSWORD'],
      invalid: [],
      checked_at: '2026-11-02T09:00:00Z',
    })
    const list = await server.get('/api/sn/incidents')
    expect(list.status).toBe(409)
    expect(list.body).toMatchObject({ code: 'sn_not_configured', message: 'ServiceNow not configured' })
  })

  test('half configured: what is missing and what is wrong, by name, never a value', async () => {
    const server = await open({ env: { SN_INSTANCE_URL: 'ftp://canary.example', SN_USERNAME: 'canary' } })
    const { body, text } = await server.get('/api/sn/health')
    expect(body).toMatchObject({
      status: 'misconfigured',
      missing: ['SN_PASSWORD'],
      invalid: ['SN_INSTANCE_URL'],
      source: 'env',
    })
    expect(text).not.toContain('canary')
  })

  test('connected: source, instance and checks; kept for 30 seconds', async () => {
    const server = await open({ env: SN })
    const { body } = await server.get('/api/sn/health')
    expect(body).toEqual({
      success: true,
      configured: true,
      connected: true,
      status: 'ok',
      message: 'Connected to ServiceNow',
      source: 'env',
      instance: INSTANCE,
      auth_type: 'basic_auth',
      missing: [],
      invalid: [],
      checks: [
        ...['configuration', 'connection', 'authentication', 'read', 'sync'].map((id) => ({
          id,
          status: 'ok',
          message: expect.any(String),
        })),
        // Mounted and not started: nothing that people change goes out.
        { id: 'push', status: 'warn', message: expect.stringContaining('paused'), hint: expect.any(String) },
      ],
      checked_at: '2026-11-02T09:00:00Z',
    })
    const asked = server.outbound.length
    await server.get('/api/sn/health')
    await server.get('/api/sn/health?fresh=1', { as: 'agent' })
    expect(server.outbound.length).toBe(asked)
    await server.get('/api/sn/health?fresh=1')
    expect(server.outbound.length).toBe(2 * asked)
    server.clock.advance(31)
    await server.get('/api/sn/health')
    expect(server.outbound.length).toBe(3 * asked)
  })

  const faults = [
    [{ kind: 'hibernating' }, 'asleep', 'connection'],
    [{ kind: 'maintenance' }, 'asleep', 'connection'],
    [{ kind: 'wrong-credential' }, 'auth_failed', 'authentication'],
    [{ kind: 'status', status: 403 }, 'forbidden', 'read'],
    [{ kind: 'refuse' }, 'unreachable', 'connection'],
    [{ kind: 'login' }, 'error', 'connection'],
    [{ kind: 'rate-limit', retryAfter: 3_600 }, 'error', 'connection'],
  ] as const

  for (const [fault, status, check] of faults) {
    test(`${JSON.stringify(fault)} is ${status}`, async () => {
      const server = await open({ env: SN })
      server.instance.control.setFault(fault)
      const { body, status: http } = await server.get('/api/sn/health')
      expect(http).toBe(200)
      expect(body).toMatchObject({ configured: true, connected: false, status })
      const checks = body.checks as { id: string; status: string; hint?: string }[]
      expect(checks.at(-1)).toMatchObject({ id: check, status: 'fail', hint: expect.any(String) })
      expect(checks.slice(0, -1).every((each) => each.status === 'ok')).toBe(true)
    })
  }

  test('rows hidden from the user are a warning', async () => {
    const server = await open({ env: SN })
    server.instance.control.hide(server.instance.control.records('incident').map((row) => row.sys_id ?? ''))
    const { body } = await server.get('/api/sn/health')
    expect(body).toMatchObject({ status: 'ok', connected: true })
    expect((body.checks as unknown[])[3]).toMatchObject({ id: 'read', status: 'warn' })
  })

  test('some rows hidden are partial visibility; order refused to this user means that no sync is possible', async () => {
    const hidden = await open({ env: SN })
    const [newest] = hidden.instance.control
      .records('incident')
      .toSorted((a, b) => ((a.sys_updated_on ?? '') < (b.sys_updated_on ?? '') ? 1 : -1))
    hidden.instance.control.hide([newest?.sys_id ?? ''])
    const partial = (await hidden.get('/api/sn/health')).body.checks as {
      id: string
      status: string
      message: string
    }[]
    expect(partial.find((check) => check.id === 'sync')).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('Partial visibility'),
    })
    const unordered = await open({ env: SN })
    unordered.instance.control.queryAcl({ table: 'incident', field: 'sys_updated_on', answer: 'ignored' })
    const { body } = await unordered.get('/api/sn/health')
    expect((body.checks as { id: string }[]).find((check) => check.id === 'sync')).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('query_range'),
    })
  })

  test('auto takes the one active integration, and never guesses among several', async () => {
    const server = await open()
    const first = await server.createServiceNow({}, { is_active: true })
    expect((await server.get('/api/sn/health')).body).toMatchObject({
      status: 'ok',
      source: `integration:${first}`,
    })
    const second = await server.createServiceNow({}, { is_active: true })
    const { body } = await server.get('/api/sn/health')
    expect(body).toMatchObject({ status: 'misconfigured', invalid: ['SN_CONNECTION'], source: null })
    await server.call('PATCH', `/api/integrations/${second}`, { body: { is_active: false } })
    expect((await server.get('/api/sn/health')).body).toMatchObject({ source: `integration:${first}` })
  })

  test('the environment goes before an integration; SN_CONNECTION chooses', async () => {
    const both = await open({ env: SN })
    const id = await both.createServiceNow({}, { is_active: true })
    expect((await both.get('/api/sn/health')).body.source).toBe('env')
    const chosen = await open({ env: { ...SN, SN_CONNECTION: `integration:${id}` }, dataDir: both.dataDir })
    expect((await chosen.get('/api/sn/health')).body).toMatchObject({
      status: 'ok',
      source: `integration:${id}`,
    })
    const wrong = await open({ env: { ...SN, SN_CONNECTION: 'somewhere' } })
    expect((await wrong.get('/api/sn/health')).body).toMatchObject({
      status: 'misconfigured',
      invalid: ['SN_CONNECTION'],
    })
  })
})

describe('incidents', () => {
  let server: TestServer
  const list = async (query: string) => (await server.get(`/api/sn/incidents${query}`, { as: 'agent' })).body
  const failure = async (query: string) => (await server.get(`/api/sn/incidents?${query}`)).body.code

  beforeAll(async () => {
    server = await TestServer.open({
      incidents: 120,
      env: { ...SN, SN_QUERY_FIELDS: 'u_region, cmdb_ci.name' },
    })
  })
  afterAll(() => server.close())
  afterEach(() => server.instance.control.clearFaults())

  test('the newest 25 first, with labels of the instance', async () => {
    const body = await list('')
    expect(body).toMatchObject({
      success: true,
      total: 120,
      source: 'live',
      asOf: '2026-11-02T09:00:00Z',
      instance: INSTANCE,
    })
    const found = views(body)
    expect(found).toHaveLength(25)
    const stamps = server.instance.control
      .records('incident')
      .map((row) => row.sys_updated_on ?? '')
      .sort()
      .reverse()
    expect(found.map((view) => view.updated_on)).toEqual(
      stamps.slice(0, 25).map((stamp) => `${stamp.replace(' ', 'T')}Z`),
    )
    const [first] = found
    const row = server.instance.control.records('incident').find((each) => each.sys_id === first?.sys_id)
    expect(first).toMatchObject({
      number: row?.number,
      state: { value: row?.state, label: expect.stringMatching(/[A-Z]/) },
      open_url: `${INSTANCE}/nav_to.do?uri=incident.do%3Fsys_id%3D${row?.sys_id}`,
      ticket_id: null,
      pending: false,
      fields: {},
    })
    expect(Object.keys(first ?? {})).toEqual([
      'sys_id',
      'number',
      'short_description',
      'description',
      'state',
      'priority',
      'impact',
      'urgency',
      'category',
      'subcategory',
      'assignment_group',
      'assigned_to',
      'caller',
      'opened_at',
      'updated_on',
      'resolved_at',
      'close_code',
      'close_notes',
      'open_url',
      'ticket_id',
      'pending',
      'fields',
    ])
  })

  test('pages go on to the end, each incident once, the total stays', async () => {
    for (const sort of ['', '&sort=number', '&sort=-priority', '&sort=state,-updated_on']) {
      const seen: string[] = []
      let cursor: unknown = null
      do {
        const body = await list(`?limit=50${sort}${cursor === null ? '' : `&cursor=${cursor}`}`)
        expect(body.total, sort).toBe(120)
        seen.push(...views(body).map((view) => view.sys_id))
        cursor = body.nextCursor
      } while (cursor !== null)
      expect(new Set(seen).size, sort).toBe(120)
      expect(seen, sort).toHaveLength(120)
    }
  })

  test('state by code or label, priority, group by id or name, free text', async () => {
    const rows = server.instance.control.records('incident')
    const count = (fits: (row: Record<string, string>) => boolean) => rows.filter(fits).length
    const total = async (query: string) => (await list(`?limit=200&${query}`)).total
    expect(await total('state=6')).toBe(count((row) => row.state === '6'))
    expect(await total('state=Resolved,in progress')).toBe(
      count((row) => row.state === '6' || row.state === '2'),
    )
    expect(await total('priority=1,High')).toBe(count((row) => row.priority === '1' || row.priority === '2'))
    const group = rows.find((row) => row.assignment_group !== '')?.assignment_group ?? ''
    const name =
      server.instance.control.records('sys_user_group').find((row) => row.sys_id === group)?.name ?? ''
    expect(await total(`assignment_group=${group}`)).toBe(count((row) => row.assignment_group === group))
    expect(await total(`assignment_group=${encodeURIComponent(name)}`)).toBe(
      count((row) => row.assignment_group === group),
    )
    const word = 'printer'
    const holds = (row: Record<string, string>) =>
      ['number', 'short_description', 'description'].some((field) => row[field]?.toLowerCase().includes(word))
    expect(await total(`q=${word}`)).toBe(count(holds))
    expect(await total(`q=${encodeURIComponent('a^ORactive=true')}`)).toBe(0)
  })

  test('case 18: our conditions stand in every ^NQ part', async () => {
    const rows = server.instance.control.records('incident')
    const query = encodeURIComponent('active=true^NQactive=false')
    const body = await list(`?limit=200&state=6&query=${query}`)
    expect(body.total).toBe(rows.filter((row) => row.state === '6').length)
    expect(views(body).every((view) => view.state.value === '6')).toBe(true)
    const seen: string[] = []
    let cursor: unknown = null
    do {
      const page = await list(`?limit=50&query=${query}${cursor === null ? '' : `&cursor=${cursor}`}`)
      seen.push(...views(page).map((view) => view.sys_id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen.length).toBe(new Set(seen).size)
    expect(seen.length).toBe(120)
  })

  test('cases 18 and 19: what may not be asked', async () => {
    for (const query of [
      'passwordSTARTSWITHa',
      'caller_id.user_passwordSTARTSWITHa',
      'caller_id=javascript:gs.getUserID()',
      'active=true^EQ',
      'JOINincident.sys_id=x',
      'RLQUERYtask.x',
      '123TEXTQUERY321=x',
      'acti^ve=x^',
      'active=true\nstate=1',
      'u_secret=1',
    ]) {
      expect(await failure(`query=${encodeURIComponent(query)}`), query).toBe('invalid_query')
    }
    expect(
      (
        await server.get(
          `/api/sn/incidents?query=${encodeURIComponent('sys_created_on>=javascript:gs.daysAgoStart(30)')}`,
        )
      ).status,
    ).toBe(200)
    expect((await server.get('/api/sn/incidents?query=u_region=EMEA')).status).toBe(200)
    expect((await server.get('/api/sn/incidents?query=state=1^ORstate=2^ORDERBYnumber')).status).toBe(200)
  })

  test('case 20: limits and strange parameters', async () => {
    for (const query of [
      'limit=-1',
      'limit=1e9',
      'limit=NaN',
      'limit=0',
      'limit=201',
      'limit=10;drop',
      'limit[]=5',
      'limit=1&limit=2',
      'sort=password',
      'cursor=abc',
      'source=both',
      'offset=5',
      'state=a^b',
    ]) {
      expect(await failure(query), query).toBe('validation_failed')
    }
  })

  test('one incident with its journal; unknown and impossible ids are 404', async () => {
    const journal = server.instance.control
      .records('sys_journal_field')
      .filter((row) => row.name === 'incident')
    const sysId = journal[0]?.element_id ?? ''
    const { body, status } = await server.get(`/api/sn/incidents/${sysId}`, { as: 'agent' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ success: true, source: 'live' })
    const incident = body.incident as View & { journal: { text: string; created_on: string; kind: string }[] }
    expect(incident.sys_id).toBe(sysId)
    expect(incident.journal.length).toBe(journal.filter((row) => row.element_id === sysId).length)
    const times = incident.journal.map((entry) => entry.created_on)
    expect(times).toEqual([...times].sort().reverse())
    for (const id of ['0'.repeat(32), "' OR 1=1--", '%00', '..%2f..%2fetc', 'x'.repeat(10_000)]) {
      expect((await server.get(`/api/sn/incidents/${id}`)).status, id.slice(0, 20)).toBe(404)
    }
  })

  test('a journal that may not be read is null, the rest is there', async () => {
    const sysId = server.instance.control
      .records('sys_journal_field')
      .find((row) => row.name === 'incident')?.element_id
    server.instance.control.setFault({ kind: 'status', status: 403, match: { table: 'sys_journal_field' } })
    const { body } = await server.get(`/api/sn/incidents/${sysId}`)
    expect(body.incident).toMatchObject({ sys_id: sysId, journal: null })
  })
})

describe('the stored copy', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await TestServer.open({ instance: createInstance({ seed: 2, incidents: 60 }) })
    const id = await server.createServiceNow({}, { is_active: true })
    await server.sync(id)
  })
  afterAll(() => server.close())
  afterEach(() => server.instance.control.clearFaults())

  test('stands in for an instance that is away, marked and explained', async () => {
    for (const fault of [
      { kind: 'hibernating' },
      { kind: 'refuse' },
      { kind: 'status', status: 500 },
    ] as const) {
      server.instance.control.setFault(fault)
      const { body, status } = await server.get('/api/sn/incidents?limit=5')
      expect(status).toBe(200)
      expect(body).toMatchObject({
        source: 'mirror',
        stale: true,
        total: 60,
        asOf: '2026-11-02T09:00:00Z',
        reason: expect.stringMatching(/\w{3}/),
      })
      expect(views(body)).toHaveLength(5)
      const insisted = await server.get('/api/sn/incidents?source=live')
      expect(insisted.status).toBeGreaterThanOrEqual(502)
      server.instance.control.clearFaults()
    }
  })

  test('answers the same questions as the instance', async () => {
    for (const query of [
      '',
      'state=Resolved',
      'priority=1,2',
      'q=printer',
      'sort=number',
      'sort=-priority',
      `query=${encodeURIComponent('state=1^ORstate=2^NQpriority=1')}`,
      `query=${encodeURIComponent('sys_created_on>=javascript:gs.daysAgoStart(20)')}`,
    ]) {
      const live = (await server.get(`/api/sn/incidents?limit=200&${query}`)).body
      const mirror = (await server.get(`/api/sn/incidents?limit=200&source=mirror&${query}`)).body
      expect(
        views(mirror).map((view) => view.number),
        query,
      ).toEqual(views(live).map((view) => view.number))
    }
  })

  test('pages to the end in every order', async () => {
    for (const sort of ['', '&sort=-number']) {
      const seen: string[] = []
      let cursor: unknown = null
      do {
        const body = (
          await server.get(
            `/api/sn/incidents?source=mirror&limit=25${sort}${cursor === null ? '' : `&cursor=${cursor}`}`,
          )
        ).body
        seen.push(...views(body).map((view) => view.sys_id))
        cursor = body.nextCursor
      } while (cursor !== null)
      expect(new Set(seen).size).toBe(60)
    }
  })

  test('tells what only an instance can answer', async () => {
    const query = encodeURIComponent('assigned_toDYNAMIC90d1921e5f510100a9ad2572f2b477fe')
    expect((await server.get(`/api/sn/incidents?source=mirror&query=${query}`)).body.code).toBe(
      'invalid_query',
    )
  })

  test('shows one incident, without journal', async () => {
    const sysId = server.instance.control.records('incident')[0]?.sys_id
    server.instance.control.setFault({ kind: 'hibernating' })
    const { body } = await server.get(`/api/sn/incidents/${sysId}`)
    expect(body).toMatchObject({ source: 'mirror', stale: true, incident: { sys_id: sysId, journal: null } })
    expect((await server.get(`/api/sn/incidents/${'0'.repeat(32)}`)).body.code).toBe('sn_unavailable')
  })
})
