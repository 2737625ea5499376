/** Dataset versions over HTTP: the list, the records of a version, the export. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestServer } from '../kit.ts'

let server: TestServer
let id: string

beforeAll(async () => {
  server = await TestServer.open({ incidents: 30 })
  const [row] = server.instance.control.records('incident')
  server.instance.control.load('incident', [
    {
      ...row,
      sys_id: row?.sys_id ?? '',
      short_description: '=HYPERLINK("https://evil.example")',
      description: 'a "quoted", line\nand another',
    },
  ])
  id = await server.createServiceNow()
  await server.sync(id)
  server.instance.control.clock.advance(60)
  server.instance.control.mutate({ seed: 3, count: 4 })
  server.clock.advance(60)
  await server.sync(id)
})

afterAll(() => server.close())

interface Version {
  number: number
  status: string
  incident_count: number
  parent: number | null
}

test('versions come newest first, in pages, with exactly the members of the contract', async () => {
  const whole = (await server.get(`/api/datasets?integration=${id}`)).body
  const [second, first] = whole.versions as Version[]
  expect(whole.nextCursor).toBeNull()
  expect(first).toEqual({
    number: 1,
    status: 'inactive',
    incident_count: 30,
    added: 30,
    updated: 0,
    deleted: 0,
    created_at: '2026-11-02T09:00:00.000Z',
    created_by: 'admin@kit.test',
    run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    parent: null,
    cause: 'sync',
    notes: null,
    content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(second).toMatchObject({ number: 2, status: 'active', parent: 1 })
  const page = (await server.get(`/api/datasets?integration=${id}&limit=1`)).body
  expect(page.versions).toEqual([second])
  const rest = (await server.get(`/api/datasets?integration=${id}&limit=1&cursor=${page.nextCursor}`)).body
  expect(rest).toEqual({ success: true, versions: [first], nextCursor: null })
})

test('records of a version come sorted, in pages, as the instance sent them', async () => {
  const seen: { sys_id: string; record: Record<string, string> }[] = []
  let cursor: unknown = null
  do {
    const path = `/api/datasets/2/incidents?integration=${id}&limit=7${cursor === null ? '' : `&cursor=${cursor}`}`
    const { incidents, nextCursor } = (await server.get(path)).body
    seen.push(...(incidents as typeof seen))
    cursor = nextCursor
  } while (cursor !== null)
  const ids = seen.map((each) => each.sys_id)
  expect(ids).toEqual([...ids].sort())
  const truth = new Map(server.instance.control.records('incident').map((row) => [row.sys_id, row]))
  expect(new Set(ids)).toEqual(new Set(truth.keys()))
  for (const { sys_id, record } of seen)
    expect(record.short_description).toBe(truth.get(sys_id)?.short_description)
})

test('NDJSON is one record a line; an old version stays what it was', async () => {
  const read = async (number: number) => {
    const answer = await server.get(`/api/datasets/${number}/export?integration=${id}`)
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson')
    return answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>)
  }
  const [first, second] = [await read(1), await read(2)]
  expect(first).toHaveLength(30)
  expect(second).not.toEqual(first)
  expect(await read(1)).toEqual(first)
})

test('CSV quotes what needs it, and no cell is a formula', async () => {
  const { text, headers } = await server.get(`/api/datasets/1/export?integration=${id}&format=csv`)
  expect(headers.get('content-type')).toContain('text/csv')
  expect(headers.get('content-disposition')).toBe(`attachment; filename="dataset-${id}-1.csv"`)
  expect(text.startsWith('sys_id,number,')).toBe(true)
  expect(text).toContain('"\'=HYPERLINK(""https://evil.example"")"')
  expect(text).toContain('"a ""quoted"", line\nand another"')
  expect(text).not.toMatch(/(^|,)"?[=@]/m)
})

test('what is not there is 404, what is no number or no integration is told', async () => {
  expect((await server.get(`/api/datasets/99/export?integration=${id}`)).body.code).toBe('not_found')
  expect((await server.get(`/api/datasets/0/export?integration=${id}`)).status).toBe(404)
  expect((await server.get(`/api/datasets/1;drop/export?integration=${id}`)).status).toBe(404)
  expect((await server.get('/api/datasets')).status).toBe(422)
  expect((await server.get("/api/datasets?integration=' OR 1=1--")).status).toBe(422)
  expect((await server.get(`/api/datasets?integration=${crypto.randomUUID()}`)).body.versions).toEqual([])
  expect((await server.get(`/api/datasets/1/incidents?integration=${id}&cursor=x`)).status).toBe(422)
})

test('versions outlive their integration', async () => {
  const own = await server.createServiceNow()
  await server.sync(own)
  await server.call('DELETE', `/api/integrations/${own}`)
  expect((await server.get(`/api/datasets?integration=${own}`)).body.versions).toHaveLength(1)
})
