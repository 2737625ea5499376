/** Addresses: a missing or strange id never becomes the address of something else. */
import { expect, test } from 'vitest'
import { QueryError } from '../../src/base/errors.ts'
import type { Client } from '../../src/client/client.ts'
import { fakeInstance, json } from './fake-instance.ts'

const calls: readonly [string, (client: Client, id: string) => PromiseLike<unknown>][] = [
  ['get', (client, id) => client.incidents.get(id)],
  ['update', (client, id) => client.incidents.update(id, { state: '2' })],
  ['delete', (client, id) => client.incidents.delete(id)],
  ['addWorkNote', (client, id) => client.incidents.addWorkNote(id, 'x')],
  ['addComment with a key', (client, id) => client.incidents.addComment(id, 'x', { idempotencyKey: 'k' })],
  ['journal', (client, id) => client.incidents.journal(id)],
  ['attachments.get', (client, id) => client.attachments.get(id)],
  ['attachments.delete', (client, id) => client.attachments.delete(id)],
]

test.each(calls)('%s of an id that is none is refused before anything is sent', async (_, call) => {
  const { client, requests } = fakeInstance([json({ result: {} })])
  for (const id of [undefined, null, '', 'INC0010001', '../x', 7, {}] as unknown[]) {
    const failure = await call(client, id as string).then(
      () => null,
      (error: unknown) => error,
    )
    expect(failure, String(id)).toBeInstanceOf(QueryError)
    expect((failure as QueryError).hint).toBeTruthy()
  }
  expect(requests).toHaveLength(0)
})

test('a table without a name is none', () => {
  const { client } = fakeInstance([json({ result: [] })])
  for (const name of [undefined, '', 'Incident', 'a b', 7] as unknown[]) {
    expect(() => client.table(name as string)).toThrow(QueryError)
  }
})
