/** How an instance describes itself: tables, columns, overrides and choices, with inheritance and rights (servicenow.md 6, 3.10). */
import { expect, test } from 'vitest'
import { baseTables, type Choice, createInstance, type TableDefinition } from '../src/index.ts'
import { ask, ORIGIN } from './door.ts'

const path = (table: string, query: string, more = '') =>
  `/api/now/table/${table}?sysparm_query=${encodeURIComponent(query)}${more}`

test('incident extends task: super_class leads up, by id and by dot-walk', async () => {
  const sn = createInstance()
  const [row] = (await ask(sn, 'GET', path('sys_db_object', 'name=incident'))).rows()
  const up = row?.super_class as unknown as { link: string; value: string }
  const parent = (await ask(sn, 'GET', `/api/now/table/sys_db_object/${up.value}`)).row()
  expect([row?.label, parent.name, parent.label, parent.super_class]).toEqual([
    'Incident',
    'task',
    'Task',
    '',
  ])
  expect([row?.is_extendable, parent.is_extendable]).toEqual(['false', 'true'])
  const walked = await ask(
    sn,
    'GET',
    path('sys_db_object', 'super_class.name=task', '&sysparm_fields=name,super_class.name'),
  )
  expect(walked.rows()).toEqual([{ name: 'incident', 'super_class.name': 'task' }])
})

test('columns live on the table that declares them; together they are the 92 of an incident', async () => {
  const sn = createInstance()
  const asked = path(
    'sys_dictionary',
    'nameINincident,task^internal_type!=collection',
    '&sysparm_exclude_reference_link=true',
  )
  const rows = (await ask(sn, 'GET', asked)).rows()
  const owner = new Map(rows.map((row) => [row.element, row.name]))
  expect(rows).toHaveLength(92)
  expect([owner.get('caller_id'), owner.get('state'), owner.get('sys_id'), owner.get('close_code')]).toEqual([
    'incident',
    'task',
    'task',
    'incident',
  ])
  const made = (await ask(sn, 'POST', '/api/now/table/incident', {})).row()
  expect(new Set(owner.keys())).toEqual(new Set(Object.keys(made)))
  const column = (element: string) => rows.find((row) => row.element === element)
  expect(column('caller_id')).toMatchObject({
    internal_type: 'reference',
    reference: 'sys_user',
    column_label: 'Caller',
    max_length: '32',
  })
  expect(column('short_description')).toMatchObject({
    internal_type: 'string',
    max_length: '160',
    choice: '',
  })
  expect(column('sys_updated_on')).toMatchObject({ internal_type: 'glide_date_time', read_only: 'true' })
  expect(column('work_notes')?.internal_type).toBe('journal_input')
  expect(column('business_duration')?.internal_type).toBe('glide_duration')
  expect(column('state')).toMatchObject({ internal_type: 'integer', choice: '3', default_value: '1' })
})

test('each table has a collection row of its own; types are references by name', async () => {
  const sn = createInstance()
  const collection = await ask(sn, 'GET', path('sys_dictionary', 'internal_type=collection^name=task'))
  expect(collection.rows()).toMatchObject([{ name: 'task', element: '' }])
  const [row] = (
    await ask(
      sn,
      'GET',
      path('sys_dictionary', 'name=incident^element=caller_id', '&sysparm_display_value=all'),
    )
  ).rows()
  const [raw] = (await ask(sn, 'GET', path('sys_dictionary', 'name=incident^element=caller_id'))).rows()
  expect(raw?.internal_type).toEqual({
    link: `${ORIGIN}/api/now/table/sys_glide_object?name=reference`,
    value: 'reference',
  })
  expect(row).toMatchObject({
    internal_type: {
      display_value: 'Reference',
      value: 'reference',
      link: `${ORIGIN}/api/now/table/sys_glide_object?name=reference`,
    },
    reference: {
      display_value: 'User',
      value: 'sys_user',
      link: `${ORIGIN}/api/now/table/sys_db_object?name=sys_user`,
    },
  })
})

test('overrides of a child are rows of their own', async () => {
  const rows = (
    await ask(createInstance(), 'GET', path('sys_dictionary_override', 'name=incident^ORDERBYelement'))
  ).rows()
  expect(rows).toMatchObject([
    { element: 'number', base_table: 'task', default_value_override: 'true', read_only_override: 'false' },
    { element: 'priority', base_table: 'task', read_only_override: 'true', read_only: 'true' },
  ])
})

test('choices: the nearest table wins, since both it and the parent may have some', async () => {
  const sn = createInstance()
  const labels = async (name: string, element: string) => {
    const rows = (
      await ask(sn, 'GET', path('sys_choice', `name=${name}^element=${element}^ORDERBYsequence`))
    ).rows()
    return rows.map((row) => `${row.value} ${row.label}`)
  }
  expect(await labels('incident', 'state')).toEqual([
    '1 New',
    '2 In Progress',
    '3 On Hold',
    '6 Resolved',
    '7 Closed',
    '8 Canceled',
  ])
  expect(await labels('task', 'state')).toContain('3 Closed Complete')
  expect(await labels('incident', 'priority')).toEqual([])
  expect(await labels('task', 'priority')).toContain('1 1 - Critical')
  expect(await labels('incident', 'category')).toContain('inquiry Inquiry / Help')
  expect(await labels('task', 'category')).toEqual([])
})

/** The delivered incident table with other choices for one column, or with a new column. */
function incidentWith(name: string, choices: readonly Choice[] | undefined): TableDefinition {
  const [incident] = baseTables
  if (!incident) throw new Error('no tables')
  const others = incident.fields.filter((field) => field.name !== name)
  const known = incident.fields.find((field) => field.name === name) ?? {
    name,
    label: name,
    kind: 'string' as const,
  }
  return { ...incident, fields: [...others, { ...known, ...(choices ? { choices } : {}) }] }
}

test('own choices of an inherited column stand on the child, the delivered ones stay on the parent', () => {
  const sn = createInstance({ tables: [incidentWith('priority', [{ value: '1', label: 'Eins' }])] })
  const rows = sn.control.records('sys_choice').filter((row) => row.element === 'priority')
  expect(rows.filter((row) => row.name === 'incident').map((row) => row.label)).toEqual(['Eins'])
  expect(rows.filter((row) => row.name === 'task')).toHaveLength(5)
})

test('a column of a customised instance is declared on the incident', () => {
  const sn = createInstance({ tables: [incidentWith('u_site', undefined)] })
  const rows = sn.control.records('sys_dictionary').filter((row) => row.element === 'u_site')
  expect(rows).toMatchObject([{ name: 'incident', internal_type: 'string' }])
})

test('without the roles all of it is an empty list, counted blind; writing is refused', async () => {
  const sn = createInstance({
    users: [
      { user: 'ann', password: 'p' },
      { user: 'dee', password: 'p', roles: ['personalize_dictionary'] },
    ],
  })
  const as = (user: string) => ({ authorization: `Basic ${btoa(`${user}:p`)}` })
  for (const table of ['sys_db_object', 'sys_dictionary', 'sys_dictionary_override']) {
    const seen = await ask(sn, 'GET', `/api/now/table/${table}`, undefined, as('ann'))
    expect([seen.status, seen.rows()]).toEqual([200, []])
    expect(Number(seen.headers.get('x-total-count'))).toBeGreaterThan(0)
    expect(
      (await ask(sn, 'GET', `/api/now/table/${table}?sysparm_limit=1`, undefined, as('dee'))).rows(),
    ).toHaveLength(1)
  }
  expect((await ask(sn, 'POST', '/api/now/table/sys_dictionary', { name: 'x' }, as('dee'))).status).toBe(403)
})
