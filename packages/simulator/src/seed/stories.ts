/** What goes wrong in a company: short texts, descriptions, notes and resolutions from which incidents are composed. */

/** One kind of trouble. Braces stand for a drawn word: {room} {place} {first} {code} {app} {count} {day}. */
export interface Story {
  readonly category: string
  readonly subcategory: string
  readonly group: string
  readonly device: string
  /** Usual impact and urgency. */
  readonly levels: readonly [impact: number, urgency: number]
  readonly shorts: readonly string[]
  readonly details: readonly string[]
  readonly notes: readonly string[]
  readonly replies: readonly string[]
  readonly fixes: readonly (readonly [code: string, notes: string])[]
}

/** Words for the braces that are the same for all stories. */
export const words: Readonly<Record<string, readonly string[]>> = {
  room: [
    'room 2.14',
    'room 3.07',
    'the print corner on floor 4',
    'meeting room Elbe',
    'meeting room Thames',
    'the mail room',
    'room 1.22',
    'the training room',
  ],
  code: [
    '0x80070035',
    '0x8007000E',
    'ERR-4012',
    'error 619',
    'error 809',
    'HTTP 503',
    'ORA-01555',
    'ORA-12541',
    'M8-147',
  ],
  app: [
    'Outlook',
    'Teams',
    'the CRM',
    'Excel',
    'the expense tool',
    'the intranet',
    'SharePoint',
    'the time tracking portal',
  ],
  count: ['two', 'three', 'four', 'about ten', 'all'],
  day: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
  since: [
    'since this morning',
    'since the update last night',
    'since yesterday afternoon',
    'for two days now',
    'after the restart',
    "since about 9 o'clock",
  ],
  blocked: [
    'I cannot finish my work without it.',
    'A colleague lent me a machine, so it is not dramatic, but please have a look.',
    'We have a customer call later today and need it by then.',
    'I have restarted twice already, no change.',
    'It works again for a few minutes and then fails the same way.',
    'My neighbour sees exactly the same.',
  ],
}

/** All stories. */
export const stories: readonly Story[] = [
  {
    category: 'hardware',
    subcategory: 'disk',
    group: 'Desktop Support',
    device: 'HAM-PRN-0412',
    levels: [3, 2],
    shorts: [
      'Printer in {room} prints blank pages',
      'Paper jam in {room} comes back after every job',
      'Cannot print to the {place} printer',
      'Label printer in {place} warehouse offline',
      'Printer asks for a PIN that nobody knows',
    ],
    details: [
      'The printer in {room} ({place}) takes the job, wakes up and then gives {count} empty pages. Toner was changed on {day}. {blocked}',
      'Every job to the printer near {room} ends with "Offline - check connection" {since}. Other printers work. {blocked}',
    ],
    notes: [
      'Reset the print queue and updated the driver on the print server.',
      'Counter shows worn fuser unit, part ordered from the vendor.',
      'Cleared 37 stuck jobs from the queue.',
    ],
    replies: [
      'Hello {first}, could you send one more test page and tell me what the display says?',
      'A technician will be at {room} on {day} morning.',
    ],
    fixes: [
      ['Solution provided', 'Replaced the fuser unit and printed three test pages.'],
      ['Workaround provided', 'Queue moved to the printer next door until the part arrives.'],
    ],
  },
  {
    category: 'network',
    subcategory: 'vpn',
    group: 'Network',
    device: 'VPN Gateway EU',
    levels: [2, 2],
    shorts: [
      'VPN drops every few minutes from home',
      'VPN client stops with {code}',
      'No VPN connection after password change',
      'VPN connects but file shares cannot be reached',
      'VPN very slow from {place}',
    ],
    details: [
      'Working from home, the VPN client disconnects every few minutes {since}. The message is {code}. Home internet is fine otherwise. {blocked}',
      'After I changed my password on {day} the VPN client keeps asking for it and then gives {code}. {blocked}',
    ],
    notes: [
      'Gateway log shows idle time-outs, raised to 60 minutes for this profile.',
      'Old client 4.9 in use; 5.1 pushed through software distribution.',
      'Certificate on the laptop had expired, renewed.',
    ],
    replies: [
      'Hi {first}, please install the pending client update and try again.',
      'Could you run the test from a phone hotspot so that we can rule out the home router?',
    ],
    fixes: [
      ['Solution provided', 'Client updated to 5.1 and profile downloaded again; stable for an hour.'],
      ['User error', 'Old password was stored in the client; removed it together with the caller.'],
    ],
  },
  {
    category: 'software',
    subcategory: 'email',
    group: 'Messaging',
    device: 'Exchange Online',
    levels: [3, 2],
    shorts: [
      'Outlook keeps asking for my password',
      'Shared mailbox not visible in Outlook',
      'Mails to a customer come back undelivered',
      'Calendar of {first} shows no details',
      'Mailbox full although archive is on',
      'Outlook search finds nothing newer than {day}',
    ],
    details: [
      'Outlook opens a sign-in window again and again {since}. Web mail works with the same password. {blocked}',
      'Mails to one customer domain are returned with {code} {since}. {count} colleagues see it as well. {blocked}',
    ],
    notes: [
      'Recreated the Outlook profile.',
      'Message trace shows the recipient rejects our new sending address; SPF record checked.',
      'Search index rebuilt on the client.',
    ],
    replies: [
      'Hello {first}, we can see the returned mails and have contacted the other side.',
      'Please close Outlook completely for ten minutes, the profile is being rebuilt.',
    ],
    fixes: [
      ['Solution provided', 'Profile rebuilt and cached credentials removed.'],
      ['Known error', 'Matches a known error of the mail service; vendor fix was rolled out.'],
    ],
  },
  {
    category: 'software',
    subcategory: 'os',
    group: 'SAP Support',
    device: 'SAP S/4HANA PRD',
    levels: [2, 1],
    shorts: [
      'Payroll run for {place} stops at step 4',
      'SAP shows {code} when posting an invoice',
      'Purchase orders stay in status "in approval"',
      'SAP login: user locked',
      'Goods receipt cannot be booked for plant {place}',
      'Payslips of {count} employees missing',
    ],
    details: [
      'The payroll run for {place} stops at step 4 with {code}. The deadline for the bank file is {day}. {blocked}',
      'When I post an invoice SAP answers {code} {since}. It happens with {count} vendors. {blocked}',
    ],
    notes: [
      'Short dump found in ST22, authorisation object missing after the role change.',
      'Number range was exhausted, extended by basis team.',
      'Work item stuck, restarted from SWPR.',
    ],
    replies: [
      'Hi {first}, payroll can be continued, please start step 4 again.',
      'We need the document number of one failing invoice, please.',
    ],
    fixes: [
      ['Solution provided', 'Role corrected and the run repeated without errors.'],
      ['Resolved by change', 'Number range extended with an emergency change.'],
    ],
  },
  {
    category: 'network',
    subcategory: 'wireless',
    group: 'Network',
    device: 'Corporate Wi-Fi',
    levels: [3, 2],
    shorts: [
      'Wi-Fi in {room} very weak',
      'Laptop does not join corporate Wi-Fi',
      'Wi-Fi in {place} drops during video calls',
      'Guest Wi-Fi voucher page does not open',
      'Scanner in {place} warehouse loses Wi-Fi',
    ],
    details: [
      'In {room} ({place}) the Wi-Fi shows one bar and video calls freeze {since}. {blocked}',
      'My laptop sees the corporate network but stops at "Checking network requirements" {since}. {blocked}',
    ],
    notes: [
      'Access point AP-{place}-17 was down, port reset on the switch.',
      'Channel plan adjusted; neighbour access point sent on the same channel.',
      'Machine certificate missing, device re-enrolled.',
    ],
    replies: [
      'Hello {first}, please test again now, the access point was restarted.',
      'Is it the same with the cable in the docking station?',
    ],
    fixes: [
      ['Solution provided', 'Access point replaced, signal measured at -55 dBm at the desk.'],
      ['Resolved by caller', 'Works again after the caller moved back to the corporate network.'],
    ],
  },
  {
    category: 'inquiry',
    subcategory: 'internal application',
    group: 'Identity and Access',
    device: 'Active Directory',
    levels: [3, 3],
    shorts: [
      'Password reset needed',
      'Account locked after holiday',
      'New phone: authenticator app must be set up again',
      'Access to the finance share requested',
      'Cannot sign in to {app}',
      'Leaver account of {first} still active',
    ],
    details: [
      'I am back from holiday and my account is locked. The self-service page says {code}. {blocked}',
      'I have a new phone and the sign-in asks for the old authenticator. {blocked}',
      'Sign-in to {app} fails {since}: "You do not have permission". {blocked}',
    ],
    notes: [
      'Identity checked by call back, temporary password given.',
      'Lock came from an old session on the phone, removed.',
      'Group membership added after approval of the owner.',
    ],
    replies: [
      'Hi {first}, you will get a one-time link within the next minutes.',
      'Your manager has to confirm the access, the request is on its way.',
    ],
    fixes: [
      ['Solution provided', 'Password reset and old sessions ended.'],
      ['Resolved by request', 'Access granted through the access request.'],
      ['Duplicate', 'Same question as an earlier incident of the caller.'],
    ],
  },
  {
    category: 'database',
    subcategory: 'oracle',
    group: 'Database',
    device: 'Oracle FIN-DB01',
    levels: [1, 2],
    shorts: [
      'Month-end report fails with {code}',
      'Finance database very slow since {day}',
      'Nightly backup of FIN-DB01 failed',
      'Reporting shows figures of last week',
      'Tablespace warning on the finance database',
    ],
    details: [
      'The month-end report stops after an hour with {code}. Last month it took ten minutes. {blocked}',
      'Monitoring reports that the nightly backup of the finance database ended with {code}. {count} earlier backups are fine.',
    ],
    notes: [
      'Statistics were stale, gathered again; plan is back to the index.',
      'Undo retention raised, job restarted.',
      'Backup volume was 97 % full, old sets removed.',
    ],
    replies: [
      'Hello {first}, the report is running again, we watch it.',
      'Please do not start the report before 18:00 until we give the all clear.',
    ],
    fixes: [
      ['Solution provided', 'Statistics gathered and report finished in 11 minutes.'],
      ['Resolved by problem', 'Root cause handled in the linked problem.'],
    ],
  },
  {
    category: 'hardware',
    subcategory: 'monitor',
    group: 'Desktop Support',
    device: '',
    levels: [3, 3],
    shorts: [
      'Docking station does not charge the laptop',
      'Second monitor stays black',
      'Laptop battery empty after one hour',
      'Keyboard with broken keys',
      'Camera not found in video calls',
      'Screen in {room} flickers',
      'Headset only works on one side',
    ],
    details: [
      'The laptop on my desk in {place} does not charge in the docking station {since}. With the small charger it does. {blocked}',
      'The second monitor stays black {since}; I have changed the cable with a colleague. {blocked}',
    ],
    notes: [
      'Firmware of the dock updated.',
      'Replacement device reserved from stock.',
      'Driver rolled back to the version of last month.',
    ],
    replies: [
      'Hi {first}, you can pick up a new one at the IT corner in {place}.',
      'Which colour is the light on the dock?',
    ],
    fixes: [
      ['Solution provided', 'Device exchanged at the IT corner.'],
      ['No resolution provided', 'Caller did not answer three times; may be opened again.'],
    ],
  },
  {
    category: 'software',
    subcategory: 'os',
    group: 'Applications',
    device: 'CRM Cloud',
    levels: [3, 2],
    shorts: [
      '{app} closes by itself',
      'CRM shows no customers after login',
      'Expense report cannot be submitted',
      'Excel macro blocked after the update',
      '{app} very slow in {place}',
      'Intranet search gives {code}',
      'Time tracking: hours of {day} missing',
    ],
    details: [
      '{app} closes without a message {since}, mostly when I open an attachment. {blocked}',
      'After signing in the list is empty {since}. {count} colleagues in {place} see the same. {blocked}',
      'When I submit the report I get {code} and the entries are gone. {blocked}',
    ],
    notes: [
      'Add-in of an old version found and disabled.',
      'Cache cleared and profile synchronised again.',
      'Vendor ticket opened, answer expected within a day.',
    ],
    replies: [
      'Hello {first}, please try it in a private window and tell me whether it differs.',
      'The vendor has confirmed a disturbance and works on it.',
    ],
    fixes: [
      ['Solution provided', 'Add-in updated, no more crashes in a day.'],
      ['Workaround provided', 'Web version used until the vendor delivers a fix.'],
      ['Known error', 'Known error of this version, fixed with the next patch day.'],
    ],
  },
]
