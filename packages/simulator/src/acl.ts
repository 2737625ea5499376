/** Who may do what: users with passwords and roles, table rights, hidden columns, and rows dropped after the limit. */
import type { Path } from './database.ts'
import { lineOf, type TableDefinition } from './dictionary.ts'
import { createRights, type Rights } from './rights.ts'
import type { Row } from './table-store.ts'

/** What a right is about. */
export type Operation = 'read' | 'insert' | 'update' | 'delete'

/** A user who may sign in with Basic auth. */
export interface UserOptions {
  readonly user: string
  readonly password: string
  /** Default: the roles `admin` and `itil` for a user called `admin`, else `itil`. */
  readonly roles?: readonly string[]
  /** Default: the user name with capitals. */
  readonly name?: string
  /** Default: made from the user name, so that it is the same in every instance. */
  readonly sysId?: string
  /** IANA zone of display values and of `gs.` helpers; default UTC. */
  readonly timeZone?: string
  /** Pattern of display dates, made of `yyyy`, `MMM`, `MM`, `dd`; default `yyyy-MM-dd`. */
  readonly dateFormat?: string
  /** Operations refused for a table and those that extend it: reads answer 200 without rows, writes 403. */
  readonly cannot?: Readonly<Record<string, readonly Operation[]>>
  /** The domain of the user: records of other domains but `global` are not there for it. Default: sees all domains. */
  readonly domain?: string
  /** One-time code that has to follow the password of Basic auth, where the instance demands MFA of REST. */
  readonly mfaCode?: string
  /** Columns this user may not read, by the table that has or declares them: their keys are absent from every record, queries cannot ask for them, and writes leave them alone. */
  readonly unreadable?: Readonly<Record<string, readonly string[]>>
}

/** A signed-in user. */
export interface Principal {
  readonly id: string
  readonly userName: string
  readonly name: string
  readonly roles: readonly string[]
  readonly zone: string
  readonly dateFormat: string
  readonly domain?: string
  readonly cannot: Readonly<Record<string, readonly Operation[]>>
  readonly unreadable: Readonly<Record<string, readonly string[]>>
}

/** The instance's access rules. */
export interface Access {
  readonly principals: readonly Principal[]
  /** Rights that change while the instance runs. */
  readonly rights: Rights
  /** The user of an `Authorization` header, or `undefined` when it names nobody or the password is wrong. */
  authenticate(authorization: string | null): Principal | undefined
  /** The user of a name and password, or `undefined`. */
  login(user: string, password: string): Principal | undefined
  /** Whether the password of an `Authorization` header is right and only the one-time code is missing. */
  lacksCode(authorization: string | null): boolean
  /** The user of that name, or `undefined`. */
  named(user: string): Principal | undefined
  allows(principal: Principal, operation: Operation, table: TableDefinition): boolean
  /** Whether the value at the end of a path may be read: each column on the way, and each table a reference leads to. */
  reads(principal: Principal, path: Pick<Path, 'steps'>): boolean
  /** The columns of a table that may not be read. */
  unreadable(principal: Principal, table: TableDefinition): ReadonlySet<string>
  /** A table and those above it, nearest first. */
  line(table: TableDefinition): readonly string[]
  /** The test for the rows that nobody has hidden from a user; `undefined` when none is hidden from anybody. */
  hiddenFrom(principal: Principal): ((row: Pick<Row, 'id'>) => boolean) | undefined
  /** Hides rows by sys_id, from everybody or from one user. */
  hide(ids: Iterable<string>, user?: string): void
  /** Shows rows again that were hidden from everybody or from one user; without ids all of them, without both everything. */
  reveal(ids?: Iterable<string>, user?: string): void
}

const EVERYBODY = '*'

function idFor(userName: string): string {
  let id = ''
  for (const letter of userName) id += (letter.codePointAt(0) ?? 0).toString(16).padStart(2, '0')
  return id.padEnd(32, '0').slice(0, 32)
}

function toPrincipal(options: UserOptions): Principal {
  const { user } = options
  return {
    id: options.sysId ?? idFor(user),
    userName: user,
    name:
      options.name ??
      user.replace(
        /(^|[._-])([a-z])/g,
        (_, gap: string, letter: string) => (gap ? ' ' : '') + letter.toUpperCase(),
      ),
    roles: options.roles ?? (user === 'admin' ? ['admin', 'itil'] : ['itil']),
    zone: options.timeZone ?? 'UTC',
    dateFormat: options.dateFormat ?? 'yyyy-MM-dd',
    ...(options.domain === undefined ? {} : { domain: options.domain }),
    cannot: options.cannot ?? {},
    unreadable: options.unreadable ?? {},
  }
}

function credentialsOf(authorization: string | null): string | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(encoded), (letter) => letter.codePointAt(0) ?? 0))
  } catch {
    return undefined
  }
}

const NONE: ReadonlySet<string> = new Set()

/** The columns of a table that a user may not read: named for the table itself, or for the parent that declares them. */
function unreadableIn(
  { unreadable }: Principal,
  table: TableDefinition,
  line: readonly string[],
): ReadonlySet<string> {
  const named = line.filter((name) => Object.hasOwn(unreadable, name))
  if (named.length === 0) return NONE
  const declaredBy = new Map(table.fields.map((field) => [field.name, field.declaredBy]))
  const columns = named.flatMap((name) => {
    const all = unreadable[name] ?? []
    return name === table.name ? all : all.filter((column) => declaredBy.get(column) !== undefined)
  })
  return new Set(columns)
}

type TableRights = Pick<Access, 'line' | 'allows' | 'unreadable' | 'reads'>

/** What users may do with tables and read of their columns. */
function createTableRights(tables: readonly TableDefinition[], rights: Rights): TableRights {
  const lines = new Map<string, readonly string[]>()
  const line: Access['line'] = ({ name }) => {
    const known = lines.get(name) ?? lineOf(tables, name)
    lines.set(name, known)
    return known
  }
  const allows: Access['allows'] = (principal, operation, table) => {
    if (line(table).some((name) => principal.cannot[name]?.includes(operation))) return false
    const reading = operation === 'read'
    // Even where the table is not asked for itself, its rows are nowhere to be seen.
    if (reading && rights.table(principal.userName, table.name)) return false
    const roles = reading ? table.readRoles : table.writeRoles
    return !roles || roles.some((role) => principal.roles.includes(role))
  }
  // A full answer asks for each of its 92 columns.
  const closed = new WeakMap<Principal, Map<string, ReadonlySet<string>>>()
  const unreadable: Access['unreadable'] = (principal, table) => {
    const byTable = closed.get(principal) ?? new Map<string, ReadonlySet<string>>()
    closed.set(principal, byTable)
    const known = byTable.get(table.name) ?? unreadableIn(principal, table, line(table))
    byTable.set(table.name, known)
    return known
  }
  const reads: Access['reads'] = (principal, { steps }) =>
    steps.every(({ table: { definition }, field }, at) => {
      if (at > 0 && !allows(principal, 'read', definition)) return false
      return !unreadable(principal, definition).has(field.name)
    })
  return { line, allows, unreadable, reads }
}

/** Rows that are hidden from everybody or from one user. */
function createHiding(): Pick<Access, 'hiddenFrom' | 'hide' | 'reveal'> {
  const hidden = new Map<string, Set<string>>()
  return {
    hiddenFrom({ userName }) {
      if (hidden.size === 0) return undefined
      const [all, own] = [hidden.get(EVERYBODY), hidden.get(userName)]
      return ({ id }) => !all?.has(id) && !own?.has(id)
    },
    hide(ids, user = EVERYBODY) {
      const held = hidden.get(user) ?? new Set()
      for (const id of ids) held.add(id)
      hidden.set(user, held)
    },
    reveal(ids, user) {
      if (ids) for (const id of ids) hidden.get(user ?? EVERYBODY)?.delete(id)
      else if (user === undefined) hidden.clear()
      else hidden.delete(user)
    },
  }
}

/** Creates the access rules of an instance with these tables. */
export function createAccess(users: readonly UserOptions[], tables: readonly TableDefinition[] = []): Access {
  const principals = users.map(toPrincipal)
  const byCredentials = new Map(
    users.map((user, at) => [`${user.user}:${user.password}${user.mfaCode ?? ''}`, principals[at]]),
  )
  const codeless = new Set(
    users.flatMap(({ user, password, mfaCode }) => (mfaCode === undefined ? [] : [`${user}:${password}`])),
  )
  const rights = createRights()
  const tableRights = createTableRights(tables, rights)
  const hiding = createHiding()
  return {
    ...tableRights,
    ...hiding,
    rights,
    principals,
    authenticate(authorization) {
      const credentials = credentialsOf(authorization)
      return credentials === undefined ? undefined : byCredentials.get(credentials)
    },
    login: (user, password) => byCredentials.get(`${user}:${password}`),
    lacksCode: (authorization) => codeless.has(credentialsOf(authorization) ?? ''),
    named: (user) => principals.find(({ userName }) => userName === user),
  }
}
