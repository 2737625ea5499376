/** Rights that change while the instance runs: tables closed to a user, and columns that a user may not search by range. */

/**
 * A column without the right `query_range` (servicenow.md 2.3): no `<`, `>=`, `LIKE`, `STARTSWITH` and no ORDERBY by it.
 * A rule for a parent table holds for its classes, unless they have one of their own.
 */
export interface QueryAcl {
  readonly table: string
  readonly field: string
  /**
   * `ignored`: the condition or order has no effect and nothing says so, as with every part that a query may not have;
   * `forbidden`: 403, as an instance that enforces field rights in queries answers; `open`: the rule is taken away.
   */
  readonly answer: 'ignored' | 'forbidden' | 'open'
  /** Default: everybody. A rule for one user goes before the rule for everybody. */
  readonly user?: string
}

/**
 * A table that is closed: `forbidden` answers 403 to every call, `empty` drops all rows after the limit, `open` takes the
 * rule away. The rows of a closed class are in no other place either: not under the parent, nor with their files and
 * journals. A closed parent closes its own address and no class.
 */
export interface TableAcl {
  readonly table: string
  readonly answer: 'forbidden' | 'empty' | 'open'
  /** Default: everybody. A rule for one user goes before the rule for everybody. */
  readonly user?: string
}

/** The rights in force. */
export interface Rights {
  setQuery(rule: QueryAcl): void
  setTable(rule: TableAcl): void
  /** What becomes of a range over a column, by the first of these tables that has a rule; `undefined` when it is allowed. */
  range(user: string, tables: readonly string[], field: string): 'ignored' | 'forbidden' | undefined
  /** What becomes of a call to a table; `undefined` when it is open. */
  table(user: string, table: string): 'forbidden' | 'empty' | undefined
}

const EVERYBODY = '*'

type Rules<A extends string> = Map<string, Map<string, A>>

function setRule<A extends string>(rules: Rules<A>, what: string, user: string | undefined, answer: A): void {
  if (answer === 'open' && user === undefined) {
    rules.delete(what)
    return
  }
  const byUser = rules.get(what) ?? new Map<string, A>()
  byUser.set(user ?? EVERYBODY, answer)
  rules.set(what, byUser)
}

function ruleFor<A extends string>(rules: Rules<A>, what: string, user: string): A | undefined {
  const byUser = rules.get(what)
  return byUser?.get(user) ?? byUser?.get(EVERYBODY)
}

function closing<A extends string>(answer: A | undefined): Exclude<A, 'open'> | undefined {
  return answer === undefined || answer === 'open' ? undefined : (answer as Exclude<A, 'open'>)
}

function known<A extends string>(answer: A, answers: readonly A[]): A {
  if (answers.includes(answer)) return answer
  throw new TypeError(`"answer" is one of ${answers.join(', ')}, not ${answer}`)
}

/** Creates rights that allow everything. */
export function createRights(): Rights {
  const queries: Rules<QueryAcl['answer']> = new Map()
  const tables: Rules<TableAcl['answer']> = new Map()
  return {
    setQuery({ table, field, user, answer }) {
      setRule(queries, `${table}.${field}`, user, known(answer, ['ignored', 'forbidden', 'open']))
    },
    setTable({ table, user, answer }) {
      setRule(tables, table, user, known(answer, ['forbidden', 'empty', 'open']))
    },
    range(user, line, field) {
      // Without rules, which is the rule, a query costs no look-up.
      if (queries.size === 0) return undefined
      for (const table of line) {
        const answer = ruleFor(queries, `${table}.${field}`, user)
        if (answer !== undefined) return closing(answer)
      }
      return undefined
    },
    table: (user, table) => closing(ruleFor(tables, table, user)),
  }
}
