/** The Table API: `/api/now[/v1|/v2]/table/{table}[/{sys_id}]`, from a parsed request to an answer. */
import { type Answer, failures, json, lentJson } from './answer.ts'
import { ByteSink } from './byte-sink.ts'
import { isOn } from './properties.ts'
import { RuleAbortError } from './rule-abort.ts'
import { DataPolicyError } from './rules.ts'
import {
  bodyOf,
  type Call,
  isTrue,
  renderer,
  sightFor,
  type TableRequest,
  type TableWorld,
  tableBase,
} from './table-call.ts'
import { list } from './table-list.ts'
import type { Row } from './table-store.ts'
import { deleteRecord, insertRecord, takesOtherId, updateRecord, type WriteOptions } from './write.ts'

function seen(call: Call): Row | undefined {
  const { store, id } = call
  const row = id === undefined ? undefined : (store.find(id) ?? store.find(id.toLowerCase()))
  return row && (sightFor(call)?.(row) ?? true) ? row : undefined
}

function single(
  call: Call,
  status: number,
  row: Row,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  if (call.withoutBody) return json(status, '', headers)
  // A row that its own writer may not read comes back as 201 without a body (KB3047115).
  if (!(sightFor(call)?.(row) ?? true)) return json(status, '', headers)
  const sink = new ByteSink()
  sink.text('{"result":')
  renderer(call)(row, sink)
  sink.text('}')
  return lentJson(status, sink.lend(), headers)
}

/** Whether the caller may say who wrote what and when, and which sys_id a record gets. */
function givesSystemFields({ world, principal }: Call): boolean {
  return (
    principal.roles.includes('admin') || !isOn(world.database, 'glide.rest.table_api.admin_only_sys_fields')
  )
}

function writeOptions(call: Call): WriteOptions {
  return {
    by: call.principal,
    writer: 'rest',
    closed: call.world.access.unreadable(call.principal, call.store.definition),
    inputDisplay: isTrue(call, 'sysparm_input_display_value'),
    keepSystemFields: isTrue(call, 'sysparm_suppress_auto_sys_field') && givesSystemFields(call),
  }
}

function create(call: Call): Answer {
  const { world, store, principal } = call
  const given = bodyOf(call.body)
  if (!given) return failures.unreadableBody()
  const body = givesSystemFields(call) ? given : { ...given, sys_id: undefined }
  // A task of no class has no table here: what a real instance would insert cannot be kept.
  const classless = call.table !== store.definition.name
  if (classless || !world.access.allows(principal, 'insert', store.definition))
    return failures.denied('Insert')
  // The words for a taken sys_id were never captured; that no second row appears is what matters.
  if (takesOtherId(world, store, body))
    return failures.operationFailed('Error during insert of a duplicate key')
  const row = insertRecord(world, store, body, writeOptions(call))
  return single(call, 201, row, { Location: `${tableBase(call)}/${call.table}/${row.id}` })
}

function change(call: Call): Answer {
  const { world, store, principal } = call
  const body = bodyOf(call.body)
  if (!body) return failures.unreadableBody()
  const row = seen(call)
  if (!row) return failures.unknownRecord()
  if (!world.access.allows(principal, 'update', store.definition)) return failures.denied('Update')
  const updated = updateRecord(world, store, row.id, body, writeOptions(call))
  return updated ? single(call, 200, updated.row) : failures.unknownRecord()
}

function erase(call: Call): Answer {
  const { world, store, principal } = call
  const row = seen(call)
  if (!row) return failures.unknownRecord()
  if (!world.access.allows(principal, 'delete', store.definition)) return failures.denied('Delete')
  if (!deleteRecord(world, store, row.id, writeOptions(call))) return failures.unknownRecord()
  return { status: 204, headers: {}, body: '' }
}

function dispatch(call: Call): Answer {
  if (call.id === undefined) {
    if (call.method === 'GET') return list(call)
    return call.method === 'POST' ? create(call) : failures.methodNotAllowed()
  }
  if (call.method === 'GET') {
    const row = seen(call)
    return row ? single(call, 200, row) : failures.unknownRecord()
  }
  if (call.method === 'PUT' || call.method === 'PATCH') return change(call)
  return call.method === 'DELETE' ? erase(call) : failures.methodNotAllowed()
}

/** Answers one call. Nothing is thrown for what a client can do wrong: it becomes the status and body of a real instance. */
export function handleTable(world: TableWorld, request: TableRequest): Answer {
  world.commits.settle()
  const store = world.database.table(request.table)
  if (!store) return failures.unknownTable(request.table)
  const { rights } = world.access
  if (rights.table(request.principal.userName, request.table) === 'forbidden') return failures.closedTable()
  try {
    return dispatch({ ...request, world, store })
  } catch (error) {
    if (error instanceof DataPolicyError || error instanceof RuleAbortError)
      return failures.operationFailed(error.message)
    throw error
  }
}
