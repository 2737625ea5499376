/** The types a user of the client meets: tables of one's own, selections, dot-walks, display values, refused names and values. */
import {
  basicAuth,
  type Choice,
  type Client,
  createClient,
  type GroupRecord,
  type IncidentRecord,
  type Reference,
  type Row,
  type UserRecord,
  type ValuePair,
} from '@snowline/sdk'
import type { Holds, Same } from './assert.ts'

interface Tables {
  incident: { sys_id: string; number: string; priority: Choice<'1' | '2'>; caller_id: Reference<'sys_user'> }
  u_asset: { sys_id: string; u_tag: string; u_state: 'new' | 'old' }
}

const options = { instanceUrl: 'dev12345', auth: basicAuth({ username: 'u', password: 'p' }) }
/** The columns by name: what a generated record has, without the mark of the built-in ones. */
type Columns<R> = { [K in keyof R & string]: R[K] }

/** As the types command writes it: the columns of the instance, with its own choices and custom columns. */
interface Generated {
  incident: Omit<Columns<IncidentRecord>, 'sys_domain' | 'state'> & {
    sys_domain: Reference<'sys_user_group'>
    state: Choice<'1' | '6' | '-77'>
    u_mine: string
    u_owner: Reference<'sys_user'>
  }
  sys_user: UserRecord
  sys_user_group: GroupRecord
}

const own: Client<Tables> = createClient<Tables>(options)
const known: Client = createClient(options)

export async function selections(): Promise<void> {
  const page = await own.table('u_asset').list({ fields: ['u_state', 'sys_id'] })
  type Asset = (typeof page.records)[number]
  const asset: Holds<Same<Asset, { u_state: 'new' | 'old'; sys_id: string }>> = true

  for await (const row of known.incidents.list({ fields: ['number', 'assigned_to.name'] })) {
    const walked: Holds<Same<typeof row, { number: string; 'assigned_to.name': string }>> = true
    // @ts-expect-error it was not selected
    row.short_description
    void walked
  }

  const [shown] = await known.incidents.list({ fields: ['state'], displayValue: 'all' }).toArray({ limit: 1 })
  const pair: ValuePair<IncidentRecord['state']> | undefined = shown?.state
  const displayed = await known.incidents.get('x', { fields: ['state', 'number'], displayValue: true })
  const texts: Holds<Same<typeof displayed, { state: string; number: string }>> = true

  const whole = await own.table('incident').get('x')
  const record: Holds<Same<typeof whole, Row<Tables['incident'], never, false>>> = true
  const anything = await own.table('some_other_table').list()
  const generic: string | undefined = anything.records[0]?.whatever
  void [asset, pair, texts, record, generic]
}

export async function refusals(): Promise<void> {
  // @ts-expect-error no such field
  await own.table('u_asset').list({ fields: ['tag'] })
  // @ts-expect-error no such field in a condition
  await own.table('u_asset').list({ where: { tag: 'x' } })
  // @ts-expect-error no such field in the builder
  await own.table('u_asset').list({ where: (q) => q.field('tag').eq('x') })
  // @ts-expect-error an object is no value
  await own.table('u_asset').update('x', { u_tag: { value: 'x' } })
  // @ts-expect-error the limit is demanded
  await own.table('u_asset').list().toArray()
  // @ts-expect-error auth is demanded
  createClient({ instanceUrl: 'dev12345' })
}

export async function conditions(): Promise<void> {
  await known.incidents.list({ where: { priority: ['1', '2'], assigned_to: null, 'caller_id.vip': true } })
  await known.incidents.list({ where: (q) => q.field('u_mine').in(['a']).orderByDesc('sys_updated_on') })
  await known.incidents.create({ short_description: 'x', impact: 1, u_mine: new Date(0) })
}

/** A client with generated types goes wherever one is wanted. */
export async function generated(sn: Client<Generated>): Promise<void> {
  const count = async (client: Pick<Client, 'table' | 'origin' | 'users' | 'request'>) => client.origin.length
  const read = async (record: Pick<IncidentRecord, 'sys_domain' | 'number'>) => record.number
  await count(sn)
  await read(await sn.table('incident').get('x'))
}

export function whole(sn: Client<Generated>): Client {
  return sn
}

/** Generated types know every column: a wrong name of a custom one does not compile, nor a walk from what is no reference. */
export async function strict(sn: Client<Generated>): Promise<void> {
  const incidents = sn.table('incident')
  const [row] = await incidents
    .list({ fields: ['u_mine', 'u_owner.email', 'caller_id.manager.name'] })
    .toArray({ limit: 1 })
  const walked: string | undefined = row?.['u_owner.email']
  await incidents.list({ where: { u_mine: 'x', 'assigned_to.vip': true }, orderBy: [{ field: 'u_mine' }] })
  await incidents.update('x', { u_mine: 'x' })
  // @ts-expect-error no such custom column
  await incidents.list({ fields: ['u_mien'] })
  // @ts-expect-error no such custom column in a condition
  await incidents.list({ where: { u_mien: 'x' } })
  // @ts-expect-error no such custom column in a write
  await incidents.update('x', { u_mien: 'x' })
  // @ts-expect-error a number of an incident leads nowhere
  await incidents.list({ fields: ['number.anything'] })
  // @ts-expect-error nor here
  await known.incidents.list({ fields: ['number.anything'] })
  await known.incidents.list({ fields: ['u_anything', 'u_anything.name', 'caller_id.name'] })
  void walked
}
