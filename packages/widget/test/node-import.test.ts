import { expect, test } from 'vitest'

test('in Node the classes can be imported, and importing them registers nothing', async () => {
  const index = await import('../src/index.ts')
  expect(Object.keys(index).sort()).toEqual([
    'SnDatasets',
    'SnElement',
    'SnIncidents',
    'SnIntegrations',
    'SnTicket',
  ])
  expect(globalThis.customElements?.get('sn-incidents')).toBeUndefined()
})

test('in Node the registering entries can be imported, one after the other, without an error', async () => {
  await import('../src/define.ts')
  await expect(import('../src/cdn.ts')).resolves.toBeDefined()
})

test('what is loaded later can be imported in Node too', async () => {
  expect(Object.keys(await import('../src/admin.ts')).sort()).toEqual(['openDatasets', 'openIntegrations'])
})
