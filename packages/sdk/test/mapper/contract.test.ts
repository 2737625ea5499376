/** The published mapper contract, run over the preset and over a mapper of another shape. */
import { describe, expect, test } from 'vitest'
import type { MappingContext } from '../../src/mapper/context.ts'
import { type CopilotSettings, type CopilotTicket, copilotMapper } from '../../src/mapper/copilot.ts'
import { defineMapper } from '../../src/mapper/define-mapper.ts'
import { incidentTable } from '../../src/tables/incident.ts'
import { type MapperSample, mapperContract } from '../../src/testing/index.ts'

describe('the preset', () => {
  const statuses = ['open', 'in_progress', 'pending', 'resolved', 'closed']
  const sample: MapperSample<CopilotTicket, MappingContext<CopilotSettings>> = {
    mapper: copilotMapper(),
    context: { settings: { holdReason: '1', closeCode: 'Solution provided', closeNotes: 'Done.' } },
    tickets: statuses.map((status, index) => ({
      id: index + 1,
      subject: `Printer ${index} is down`,
      description: 'It hums.\n\nThen it stops.',
      status,
      priority: ['low', 'medium', 'high', 'urgent', 'low'][index],
      category: 'hardware',
      ai_suggestions: 'Restart the spooler.',
    })),
    comesBack: ['subject', 'description', 'status', 'priority', 'category', 'ai_suggestions'],
    choice: { field: 'state', member: 'status' },
    text: { field: 'short_description', member: 'subject' },
  }
  test.each(mapperContract.map((each) => [each.name, each] as const))('%s', (_name, each) => each.run(sample))
})

describe('a mapper of nested members, dates and custom fields', () => {
  interface Case {
    title: string
    flow: { step: string }
    due: Date
    u_asset: string
  }
  const mapper = defineMapper<Case>()({
    table: incidentTable,
    rules: {
      title: { kind: 'text', from: 'title', to: 'short_description' },
      step: { kind: 'values', from: 'flow.step', to: 'urgency', table: { fast: '1', slow: '3' } },
      mood: { kind: 'values', from: 'u_asset', to: 'u_asset' },
      due: { kind: 'date', from: 'due', to: 'due_date', as: 'date' },
    },
  })
  const due = new Date('2026-03-01T10:00:00Z')
  const sample: MapperSample<Case, object> = {
    mapper,
    tickets: [{ title: 'A', flow: { step: 'fast' }, due, u_asset: 'P1' }],
    comesBack: ['title', 'flow', 'due', 'u_asset'],
    choice: { field: 'u_asset', member: 'u_asset' },
    text: { field: 'short_description', member: 'title' },
  }
  test.each(mapperContract.map((each) => [each.name, each] as const))('%s', (_name, each) => each.run(sample))
})

test('the contract catches mappers that break it', () => {
  const good = copilotMapper()
  const sample: MapperSample<{ id: number; subject: string; status: string }> = {
    mapper: { ...good, toTicket: () => ({ ticket: { status: 'open' } }) } as never,
    tickets: [{ id: 1, subject: 'A', status: 'closed' }],
    comesBack: ['status'],
    choice: { field: 'state', member: 'status' },
    text: { field: 'short_description', member: 'subject' },
  }
  const broken = mapperContract.filter((each) => {
    try {
      each.run(sample)
      return false
    } catch {
      return true
    }
  })
  expect(broken.map((each) => each.name.split(':')[0])).toEqual([
    'round trip',
    'unknown choice',
    'empty',
    'display values',
    'text',
    'prototypes',
  ])
})
