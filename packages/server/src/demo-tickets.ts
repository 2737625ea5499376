/** The help desk of the demonstration: a dozen tickets of an ordinary week, with and without suggestions, one with its incident. */
import { ProblemError } from './problem/problem-error.ts'
import type { Services } from './services/services.ts'
import type { By } from './services/tickets.ts'
import type { TicketFields } from './tickets/ticket-store.ts'

type Seed = Partial<TicketFields> & { subject: string }

/** Oldest first: the last one stands on top of the list. */
const seeds: readonly Seed[] = [
  {
    subject: 'Shared mailbox of the service team has disappeared',
    description: 'Since this morning the shared mailbox is gone from the folder list of all five of us.',
    status: 'closed',
    priority: 'high',
    category: 'software',
    requester_email: 'amelia.hartmann@example.com',
    ai_suggestions:
      'Check that the group still has full access to the mailbox. Remove and add the permission, then restart the mail client.',
  },
  {
    subject: 'New starter on Monday: laptop, phone and accounts',
    description:
      'Lea Brandt joins the finance team on Monday and needs the usual equipment and access to the ledger.',
    status: 'in_progress',
    priority: 'medium',
    category: 'inquiry',
    requester_email: 'viewer@demo.test',
  },
  {
    subject: 'Badge reader at the north entrance beeps and stays red',
    description: 'Every second badge is refused. The one at the south entrance works.',
    status: 'open',
    predicted_priority: 'medium',
    predicted_category: 'hardware',
    requester_email: 'jonas.lindqvist@example.com',
    ai_suggestions:
      'Restart the controller of the door. If single badges are refused, read their validity in the access system.',
  },
  {
    subject: 'Expense report is lost when I press Save',
    description:
      'The form closes without a message and the draft is empty afterwards. Tried in two browsers.',
    status: 'open',
    priority: 'low',
    predicted_category: 'software',
    requester_email: 'priya.nair@example.com',
    ai_suggestions:
      'Ask for the time of the last attempt and look for a session that had expired. Saving in smaller steps helps until then.',
  },
  {
    subject: 'Conference room 4.12: no sound in video calls',
    description: 'The others hear us, we do not hear them. The test tone of the room unit works.',
    status: 'pending',
    priority: 'medium',
    category: 'hardware',
    requester_email: 'viewer@demo.test',
    ai_suggestions:
      'Choose the room speaker as output in the meeting settings, then restart the room unit. Update its firmware if the choice is missing.',
  },
  {
    subject: 'Cannot open the price list, "file is locked by another user"',
    description: 'Nobody else has it open, I asked around.',
    status: 'open',
    predicted_priority: 'low',
    predicted_category: 'software',
    requester_email: 'tomasz.zielinski@example.com',
    ai_suggestions: 'Close the stale session on the file server, then ask the user to open the file again.',
  },
  {
    subject: 'Label printer in the warehouse prints half of each label',
    description: 'Started after the roll was changed. Shipments wait.',
    status: 'open',
    priority: 'high',
    category: 'hardware',
    requester_email: 'warehouse@example.com',
    ai_suggestions:
      'Calibrate the sensor for the new label size and check that the driver has the same height. Clean the print head.',
  },
  {
    subject: 'Password reset mail never arrives',
    description: 'Three attempts, nothing in the spam folder either.',
    status: 'resolved',
    priority: 'medium',
    category: 'inquiry',
    requester_email: 'sofia.papadaki@example.com',
    ai_suggestions: 'The recovery address of the account is an old one: correct it and send the mail again.',
  },
  {
    subject: 'Database of the order portal is slow since the update last night',
    description: 'Pages that took one second take twenty. It is worst between nine and eleven.',
    status: 'in_progress',
    predicted_priority: 'urgent',
    predicted_category: 'database',
    requester_email: 'agent@demo.test',
    ai_suggestions:
      'Compare the plans of the slowest queries with those from before the update; statistics of the order tables may be stale. Rebuild them outside the busy hours.',
  },
  {
    subject:
      'Wi-Fi drops on the second floor, again and again since Tuesday, in all meeting rooms and in the open-plan area by the windows, while the first floor is fine',
    description: 'Laptops and phones alike. It comes back after about a minute.',
    status: 'open',
    predicted_priority: 'high',
    predicted_category: 'network',
    requester_email: 'hannah.brooks@example.com',
    ai_suggestions:
      'Check the access points of that floor for channel changes since Tuesday and fix the channels. Look whether one of them restarts.',
  },
  {
    subject: 'VPN asks for the code twice and then closes',
    description: 'From home only. The code is right, the clock of my phone too.',
    status: 'open',
    priority: 'high',
    category: 'network',
    requester_email: 'viewer@demo.test',
    ai_suggestions:
      'Remove the saved profile and import it again. If it asks twice, the account has two second factors: keep one.',
  },
  {
    subject: 'Suspicious mail with an invoice, I opened the attachment',
    description: 'It asked me to enable content. I closed it, but my laptop is slow now.',
    status: 'open',
    predicted_priority: 'urgent',
    predicted_category: 'software',
    requester_email: 'ethan.whitaker@example.com',
    ai_suggestions:
      'Take the laptop off the network, keep it switched on, and call the security team. Do not sign in anywhere from it.',
  },
]

/** The ticket that has its incident from the beginning. */
const LINKED = 'Database of the order portal'

/**
 * Writes the tickets of a first start. A later one finds them as they were, without their links: the pretend instance begins anew each
 * time, and what they pointed at is gone.
 */
export async function furnishTickets(services: Services, by: By): Promise<void> {
  const { tickets, ticketPushes } = services
  const known = (await tickets.list({ limit: 200 }, by.principal)).tickets
  for (const { id } of known) await unlink(services, id, by)
  const present = [...known]
  if (known.length === 0) for (const seed of seeds) present.push(await tickets.create(seed, by))
  const linked = present.find(({ subject }) => subject.startsWith(LINKED))
  if (linked !== undefined) await ticketPushes.create(linked.id, undefined, { ...by, idempotencyKey: null })
}

async function unlink({ ticketLinks, logger }: Services, id: string, by: By): Promise<void> {
  try {
    await ticketLinks.unlink(id, by)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    if (error.code !== 'not_linked') logger.warn('demo.ticket.not_unlinked', { ticket: id, code: error.code })
  }
}
