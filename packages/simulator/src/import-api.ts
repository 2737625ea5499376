/** The Import Set API: `/api/now/import/{staging}`, one row or many, each transformed as its map says (servicenow.md 6). */
import { type Answer, failures, json } from './answer.ts'
import { type ImportMap, type Transformed, transform } from './import-set.ts'
import { bodyOf, type Call, type TableRequest, tableBase } from './table-call.ts'
import type { World } from './world.ts'

type Source = Readonly<Record<string, string>>

interface Asked extends Call {
  readonly world: World
  readonly map: ImportMap
}

/** Values are texts; anything else is stored as the platform writes it, not as JSON. */
function sourceOf(record: unknown): Source {
  const entries = Object.entries(typeof record === 'object' && record !== null ? record : {})
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null
        ? JSON.stringify(value).replaceAll(':', '=')
        : String(value ?? ''),
    ]),
  )
}

function resultOf(asked: Asked, { status, row, message }: Transformed): Record<string, string> {
  const { map, world } = asked
  const target = world.database.need(map.target)
  const { display, label } = target.definition
  const base = { transform_map: map.name ?? label, table: map.target }
  if (!row) return { ...base, status, ...(message === undefined ? {} : { error_message: message }) }
  return {
    ...base,
    display_name: display,
    display_value: target.read(row, display),
    record_link: `${tableBase(asked)}/${map.target}/${row.id}`,
    status,
    sys_id: row.id,
  }
}

/** Stages a row, transforms it, and writes down in the staged row what became of it. */
function importRow(asked: Asked, set: string, source: Source): Record<string, string> {
  const { world, store, principal, map } = asked
  const done = transform(world, map, source, principal)
  const id = world.random.hex(32)
  const content = store.contentOf({
    ...source,
    sys_id: id,
    sys_import_set: set,
    sys_import_state: done.status,
    sys_import_state_comment: done.message ?? '',
    sys_target_table: map.target,
    sys_target_sys_id: done.row?.id ?? '',
    sys_created_on: world.clock.now().toISOString().slice(0, 19).replace('T', ' '),
    sys_created_by: principal.userName,
  })
  world.commits.commit([{ op: 'insert', table: store, id, content }])
  return resultOf(asked, done)
}

function post(asked: Asked): Answer {
  const body = bodyOf(asked.body)
  if (!body) return failures.unreadableBody()
  const set = asked.world.imports.nextSet()
  const result = [importRow(asked, set, sourceOf(body))]
  return json(201, JSON.stringify({ import_set: set, staging_table: asked.map.staging, result }))
}

/** Many rows at once. The answer names the sets and no row; here they are transformed before it leaves. */
function postMany(asked: Asked): Answer {
  const records = bodyOf(asked.body)?.records
  if (!Array.isArray(records)) return failures.unreadableBody()
  const { world, url } = asked
  const set = world.imports.nextSet()
  for (const record of records as readonly unknown[]) importRow(asked, set, sourceOf(record))
  const multi = url.searchParams.get('multi_import_set_id') ?? world.random.hex(32)
  return json(201, JSON.stringify({ import_set_id: world.random.hex(32), multi_import_set_id: multi }))
}

/** A staged row and what its transform made of it. */
function get(asked: Asked, id: string): Answer {
  const { store, world, map } = asked
  const staged = store.find(id)
  if (!staged) return failures.unknownRecord()
  const target = world.database.need(map.target)
  const row = target.find(store.read(staged, 'sys_target_sys_id'))
  const done = {
    status: store.read(staged, 'sys_import_state') as Transformed['status'],
    row,
    message: store.read(staged, 'sys_import_state_comment'),
  }
  const head = { import_set: store.read(staged, 'sys_import_set'), staging_table: map.staging }
  return json(200, JSON.stringify({ ...head, result: [resultOf(asked, done)] }))
}

/** Answers one call. A row that cannot be imported is `error` within a 201; only an unknown staging table is refused. */
export function handleImport(world: World, request: TableRequest): Answer {
  world.commits.settle()
  const map = world.imports.map(request.table)
  const store = world.database.table(request.table)
  if (!map || !store) return failures.unknownTable(request.table)
  const { access } = world
  if (access.rights.table(request.principal.userName, request.table) === 'forbidden')
    return failures.closedTable()
  const asked: Asked = { ...request, world, store, map }
  if (request.method === 'GET' && request.id !== undefined) return get(asked, request.id)
  if (request.method !== 'POST') return failures.methodNotAllowed()
  if (!access.allows(request.principal, 'insert', store.definition)) return failures.denied('Insert')
  if (request.id === undefined) return post(asked)
  return request.id === 'insertMultiple' ? postMany(asked) : failures.unknownPath()
}
