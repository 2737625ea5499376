/** The people, groups, places and devices of a believable company, the same for every seed but for their ids. */
import { createRandom, mixSeed, type Random } from '../random.ts'
import { toStamp } from '../stamp.ts'
import type { RawRecord } from '../table-store.ts'

const NAMES = [
  'Amelia Hartmann|Payroll Specialist|Finance|Hamburg',
  'Ravi Chandrasekaran|Network Engineer|IT Operations|Bangalore',
  'Grace Oyelaran|Account Manager|Sales|London',
  'Tomasz Zielinski|Desktop Support Analyst|IT Operations|Hamburg',
  'Lucia Ferrante|HR Business Partner|Human Resources|Milan',
  'Owen Gallagher|Warehouse Lead|Logistics|London',
  'Mei-Ling Tan|Financial Controller|Finance|Singapore',
  'Jonas Lindqvist|SAP Consultant|IT Applications|Hamburg',
  'Fatima El-Sayed|Legal Counsel|Legal|London',
  'Carlos Mendes|Service Desk Analyst|IT Operations|Milan',
  'Hannah Brooks|Marketing Manager|Marketing|Boston',
  'Daniel Kowalczyk|Database Administrator|IT Applications|Hamburg',
  'Priya Nair|Software Engineer|Product|Bangalore',
  'Ethan Whitaker|Sales Director|Sales|Boston',
  'Sofia Papadaki|Procurement Officer|Procurement|Milan',
  'Marcus Bell|Security Analyst|IT Security|Boston',
  'Ingrid Solberg|Executive Assistant|Management|Hamburg',
  'Yusuf Demir|Systems Administrator|IT Operations|London',
  'Chloe Marchetti|Customer Support Agent|Customer Service|Milan',
  'Andre Baptiste|Field Technician|IT Operations|Boston',
  'Nadia Petrova|Business Analyst|Product|Hamburg',
  'Kenji Watanabe|Production Planner|Manufacturing|Singapore',
  'Olivia Sinclair|Recruiter|Human Resources|London',
  'Samuel Okafor|Service Desk Analyst|IT Operations|London',
  'Elena Rossi|Accounts Payable Clerk|Finance|Milan',
  'Patrick Nolan|Facilities Coordinator|Facilities|Boston',
  'Aisha Rahman|Data Analyst|Product|Singapore',
  'Viktor Horvath|Messaging Engineer|IT Operations|Hamburg',
  'Julia Steiner|Chief Financial Officer|Management|Hamburg',
  'Liam Fraser|Quality Engineer|Manufacturing|London',
  'Beatriz Alonso|Training Coordinator|Human Resources|Milan',
  'Noah Feldman|Identity Engineer|IT Security|Boston',
] as const

const GROUPS = [
  ['Service Desk', 'First contact for every question and fault.'],
  ['Desktop Support', 'Laptops, printers, docking stations and meeting rooms.'],
  ['Network', 'Wired and wireless networks, VPN and firewalls.'],
  ['Messaging', 'Mail, calendars and chat.'],
  ['SAP Support', 'SAP S/4HANA, payroll and purchasing.'],
  ['Database', 'Oracle and SQL Server databases and their backups.'],
  ['Identity and Access', 'Accounts, passwords, multi-factor sign-in and roles.'],
  ['Applications', 'Business software from intranet to CRM.'],
] as const

const DEVICES = [
  'HAM-PRN-0412',
  'LON-PRN-0207',
  'VPN Gateway EU',
  'Exchange Online',
  'SAP S/4HANA PRD',
  'Oracle FIN-DB01',
  'Corporate Wi-Fi',
  'Active Directory',
  'CRM Cloud',
  'File Server HAM-FS02',
  'Intranet Portal',
  'Time Tracking',
] as const

/** A person as other seeds need them. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly first: string
  readonly userName: string
  readonly place: string
  readonly support: boolean
}

/** A record with a name that incidents point to. */
export interface Named {
  readonly id: string
  readonly name: string
}

/** The cast of a seed, with the records that make it up. */
export interface Cast {
  readonly people: readonly Person[]
  readonly groups: readonly Named[]
  readonly devices: readonly Named[]
  readonly places: readonly Named[]
  readonly records: {
    readonly sys_user: readonly RawRecord[]
    readonly sys_user_group: readonly RawRecord[]
    readonly cmdb_ci: readonly RawRecord[]
    readonly cmn_location: readonly RawRecord[]
  }
}

function named(names: readonly string[], random: Random): Named[] {
  return names.map((name) => ({ id: random.hex(32), name }))
}

function toPerson(line: string, random: Random): Person {
  const [name = '', title = '', , place = ''] = line.split('|')
  const userName = name.toLowerCase().replace(' ', '.')
  const support =
    /Analyst|Engineer|Administrator|Technician|Consultant/.test(title) &&
    !/Business|Data|Quality|Software/.test(title)
  return { id: random.hex(32), name, first: name.split(' ')[0] ?? name, userName, place, support }
}

function userRecord(person: Person, at: number, stamps: RawRecord, people: readonly Person[]): RawRecord {
  const [, title = '', department = ''] = (NAMES[at] ?? '').split('|')
  const phone = `+44 20 5550 ${String(1000 + at * 37).slice(0, 4)}`
  return {
    ...stamps,
    sys_id: person.id,
    user_name: person.userName,
    name: person.name,
    first_name: person.first,
    last_name: person.name.split(' ').slice(1).join(' '),
    email: `${person.userName}@example.com`,
    title,
    department,
    location: person.place,
    phone,
    employee_number: `E${String(1001 + at)}`,
    manager: at === 28 ? '' : (people[at % 7 === 0 ? 28 : 16]?.id ?? ''),
    vip: title.startsWith('Chief') ? 'true' : 'false',
    active: 'true',
    sys_class_name: 'sys_user',
    sys_domain: 'global',
  }
}

/** Makes the cast of a seed; all records were created 90 days before `now`. */
export function createCast({ seed, now }: { readonly seed: number; readonly now: Date }): Cast {
  const random = createRandom(mixSeed(seed, 'people'))
  const stamp = toStamp(now.getTime() - 90 * 86_400_000)
  const stamps: RawRecord = {
    sys_created_on: stamp,
    sys_updated_on: stamp,
    sys_created_by: 'system',
    sys_updated_by: 'system',
    sys_mod_count: '0',
  }
  const people = NAMES.map((line) => toPerson(line, random))
  const groups = named(
    GROUPS.map(([name]) => name),
    random,
  )
  const devices = named(DEVICES, random)
  const places = named([...new Set(people.map(({ place }) => place))], random)
  const plain = ({ id, name }: Named): RawRecord => ({ ...stamps, sys_id: id, name })
  return {
    people,
    groups,
    devices,
    places,
    records: {
      sys_user: people.map((person, at) => userRecord(person, at, stamps, people)),
      sys_user_group: groups.map((group, at) => ({
        ...plain(group),
        description: GROUPS[at]?.[1] ?? '',
        email: `${group.name.toLowerCase().replaceAll(' ', '-')}@example.com`,
        manager: people[(at * 3 + 1) % people.length]?.id ?? '',
        active: 'true',
      })),
      cmdb_ci: devices.map(plain),
      cmn_location: places.map(plain),
    },
  }
}
