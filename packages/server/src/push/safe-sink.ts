/** A sink whose faults can be stored and shown: the instance's own words only where they say what to do, and never with a secret. */
import type { OutboxFault, SinkAnswer, SinkReading, TableSink } from '@snowline/sdk/sync'
import { showsTheirWords } from '../problem/from-fault.ts'

export function safeSink(sink: TableSink, redact: (text: string) => string): TableSink {
  const safe = <T extends SinkAnswer | SinkReading<unknown>>(answer: T): T =>
    'fault' in answer ? { ...answer, fault: safeFault(answer.fault, redact) } : answer
  return {
    create: async (...call) => safe(await sink.create(...call)),
    update: async (...call) => safe(await sink.update(...call)),
    read: async (...call) => safe(await sink.read(...call)),
    findByKey: async (...call) => safe(await sink.findByKey(...call)),
    hasNote: async (...call) => safe(await sink.hasNote(...call)),
  }
}

function safeFault(fault: OutboxFault, redact: (text: string) => string): OutboxFault {
  const theirs = showsTheirWords(fault.code)
  const ours = !/^(instance|oauth)\./.test(fault.code)
  const transactionId = fault.transactionId == null ? {} : { transactionId: redact(fault.transactionId) }
  return {
    ...fault,
    message: theirs || ours ? redact(fault.message) : `The instance answered ${fault.status ?? 'no'}`,
    ...transactionId,
  }
}
