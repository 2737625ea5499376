/** What every mapper must do, as named cases that any test runner can loop over. */
import assert from 'node:assert/strict'
import { isSnowlineError } from '../base/errors.ts'

/** As much of a mapper as the contract looks at: every `Mapper` of `@snowline/sdk/mapper` is one. */
export interface MapperUnderTest<Ticket extends object, Context> {
  toRecord(
    ticket: Ticket,
    context?: Context,
  ): {
    fields: Readonly<Record<string, string>>
    unmapped: readonly { field: string; reason: string }[]
  }
  toTicket(record: Readonly<Record<string, unknown>>): { ticket: Partial<Ticket> }
  patch(
    ticket: Ticket,
    base: Readonly<Record<string, unknown>>,
    context?: Context,
  ): { fields: Readonly<Record<string, string>> }
}

/** A mapper and what the contract must know of it. */
export interface MapperSample<Ticket extends object, Context = unknown> {
  mapper: MapperUnderTest<Ticket, Context>
  context?: Context
  /** Tickets whose words are all in the value tables. At least one. */
  tickets: readonly Ticket[]
  /** Members that come back from the record exactly as they went in. */
  comesBack: readonly Extract<keyof Ticket, string>[]
  /** A field of codes and the member that holds its word. */
  choice: { field: string; member: Extract<keyof Ticket, string> }
  /** A field of text and the member it comes from. */
  text: { field: string; member: Extract<keyof Ticket, string> }
}

export interface MapperCase {
  name: string
  /** Throws an AssertionError when the mapper breaks the law. */
  run<Ticket extends object, Context>(sample: MapperSample<Ticket, Context>): void
}

const unknownCode = 'contract_unknown'
const hostileText = '<img src=x onerror=alert(1)> &amp; {{x}} javascript:1 ^OR \u{1F9CA} caf\u00e9\n\n  two'

/** Reads a ticket's record back: what the host would see if the instance kept exactly what was sent. */
function around<Ticket extends object, Context>(sample: MapperSample<Ticket, Context>, ticket: Ticket) {
  const { fields } = sample.mapper.toRecord(ticket, sample.context)
  return { fields, back: sample.mapper.toTicket(fields).ticket }
}

function firstTicket<Ticket extends object, Context>({ tickets }: MapperSample<Ticket, Context>): Ticket {
  const [first] = tickets
  assert.ok(first !== undefined, 'the sample needs at least one ticket')
  return first
}

function freezeAll<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && !Object.isFrozen(inner)) freezeAll(inner)
  }
  return Object.freeze(value)
}

/** The laws, each in a case of its own; loop over them with a sample of the mapper. */
export const mapperContract: readonly MapperCase[] = [
  {
    name: 'round trip: what went into the record comes back',
    run(sample) {
      for (const ticket of sample.tickets) {
        const { back } = around(sample, ticket)
        for (const member of sample.comesBack) {
          assert.deepEqual(back[member], ticket[member], `${member} came back changed`)
        }
      }
    },
  },
  {
    name: 'pure: nothing is changed, and the same ticket gives the same record',
    run(sample) {
      for (const ticket of sample.tickets) {
        const frozen = freezeAll(structuredClone(ticket))
        const first = sample.mapper.toRecord(frozen, sample.context)
        assert.deepEqual(sample.mapper.toRecord(frozen, sample.context), first)
        const record = freezeAll({ ...first.fields })
        assert.deepEqual(sample.mapper.toTicket(record), sample.mapper.toTicket(record))
      }
    },
  },
  {
    name: 'the patch of an unchanged ticket is empty',
    run(sample) {
      for (const ticket of sample.tickets) {
        const { fields } = sample.mapper.toRecord(ticket, sample.context)
        assert.deepEqual(sample.mapper.patch(ticket, fields, sample.context).fields, {})
      }
    },
  },
  {
    name: 'unknown choice: a code in no table is kept, and sent back as it came',
    run(sample) {
      const { field, member } = sample.choice
      const record = { [field]: unknownCode }
      const { ticket: read } = sample.mapper.toTicket(record)
      assert.equal(read[member], unknownCode)
      const ticket = { ...firstTicket(sample), ...read }
      const patch = sample.mapper.patch(
        ticket,
        { ...around(sample, ticket).fields, ...record },
        sample.context,
      )
      assert.equal(Object.hasOwn(patch.fields, field), false, `${field} must not be changed`)
    },
  },
  {
    name: 'empty: an empty record says nothing of a choice, and no empty value is written',
    run(sample) {
      const { ticket: nothing } = sample.mapper.toTicket({})
      assert.deepEqual(nothing, {})
      const { ticket: read } = sample.mapper.toTicket({ [sample.choice.field]: '' })
      assert.equal(read[sample.choice.member], undefined)
      const ticket = { ...firstTicket(sample), [sample.text.member]: '', [sample.choice.member]: '' }
      const { fields } = sample.mapper.toRecord(ticket, sample.context)
      assert.deepEqual(
        Object.entries(fields).filter(([, value]) => value === ''),
        [],
      )
    },
  },
  {
    name: 'display values: a record that was not read raw is refused by name',
    run(sample) {
      const { field } = sample.choice
      const shown = [
        { value: '1', display_value: 'New' },
        { value: '1', link: 'https://example.test/1' },
      ]
      for (const value of shown) {
        assert.throws(
          () => sample.mapper.toTicket({ [field]: value }),
          (error: unknown) =>
            isSnowlineError(error) && error.code === 'mapping.failed' && error.message.includes(field),
        )
      }
    },
  },
  {
    name: 'text: HTML, carets, scripts and emoji are text in both directions',
    run(sample) {
      const { field, member } = sample.text
      assert.equal(sample.mapper.toTicket({ [field]: hostileText }).ticket[member], hostileText)
      const { back } = around(sample, { ...firstTicket(sample), [member]: hostileText })
      assert.equal(back[member], hostileText)
    },
  },
  {
    name: 'prototypes: hostile names reach none, and what a prototype holds is not read',
    run(sample) {
      const hostile = JSON.parse(
        '{"__proto__":{"polluted":"yes"},"constructor":"x","prototype":"x"}',
      ) as object
      try {
        sample.mapper.toTicket(hostile as Record<string, unknown>)
      } catch (error) {
        assert.ok(isSnowlineError(error) && error.code === 'mapping.failed')
      }
      const mapped = sample.mapper.toRecord({ ...firstTicket(sample), ...hostile }, sample.context)
      assert.equal('polluted' in {}, false)
      assert.equal('polluted' in mapped.fields, false)
      const inherited = Object.create({ [sample.choice.field]: unknownCode }) as Record<string, unknown>
      assert.deepEqual(sample.mapper.toTicket(inherited).ticket, {})
    },
  },
]
