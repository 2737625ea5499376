/** Looks at what a control method is given before anything changes; scenarios are read by the same shapes. */
import type { Control } from './control.ts'
import { demand } from './control-error.ts'
import {
  attachedFile,
  bulkSeed,
  mutateOptions,
  playLine,
  rawRecord,
  recordsByTable,
} from './control-shapes.ts'
import type { PlayLine } from './play.ts'
import { doorShapes } from './scenario/doors.ts'
import { type Names, namesOf, tableOf } from './scenario/names.ts'
import { list, object, type Shape, text, whole, words } from './scenario/shape.ts'
import { troubleShapes } from './scenario/troubles.ts'
import type { World } from './world.ts'

/** All values at once, so that the last one is seen before the first one is stored; what is no list is left for its shape to tell. */
function all<T>(values: Iterable<T>): readonly T[] {
  const listed = Array.isArray(values) || typeof values !== 'object' || values === null
  return listed ? (values as readonly T[]) : [...values]
}

/** Stored values are texts; anything else would break every comparison later. */
function withTexts(line: PlayLine): PlayLine {
  const { set } = line
  if (!set || Object.values(set).every((value) => typeof value === 'string')) return line
  const texts = Object.entries(set).map(([name, value]) => [name, String(value ?? '')])
  return { ...line, set: Object.fromEntries(texts) }
}

/** The arguments of a method by name, so that each fault has a place; those that may be left out are `undefined`. */
function named(shapes: Readonly<Record<string, Shape>>): Shape {
  return object<Record<string, unknown>>(shapes)
}

type Data = Pick<
  Control,
  | 'load'
  | 'bulk'
  | 'play'
  | 'mutate'
  | 'remove'
  | 'undelete'
  | 'archive'
  | 'clone'
  | 'keepRequests'
  | 'keepHistory'
>

function guardData(control: Control, names: () => Names): Data {
  const some = (what: string, table: string, ids: Iterable<string>): readonly string[] => {
    const sys_ids = all(ids)
    demand(what, named({ table: tableOf(names()), sys_ids: list(words) }), { table, sys_ids })
    return sys_ids
  }
  return {
    load(table, given) {
      const records = all(given)
      demand('load', named({ table: tableOf(names()), records: list(rawRecord) }), { table, records })
      return control.load(table, records)
    },
    bulk(options) {
      demand('bulk', bulkSeed, options)
      return control.bulk(options)
    },
    play(given) {
      const lines = all(given)
      demand('play', named({ lines: list(playLine(names())) }), { lines })
      return control.play(lines.map(withTexts))
    },
    mutate(options) {
      demand('mutate', mutateOptions, options)
      return control.mutate(options)
    },
    remove: (table, ids, options) => control.remove(table, some('remove', table, ids), options),
    undelete: (table, ids) => control.undelete(table, some('undelete', table, ids)),
    archive: (table, ids) => control.archive(table, some('archive', table, ids)),
    clone(from) {
      const lists = Object.entries(from).map(([table, records]) => [table, all(records)] as const)
      const records = Object.fromEntries(lists)
      demand('clone', named({ records: recordsByTable(names()) }), { records })
      control.clone(records)
    },
    keepRequests(count) {
      demand('keepRequests', whole(0), count)
      control.keepRequests(count)
    },
    keepHistory(count) {
      demand('keepHistory', whole(0), count)
      control.keepHistory(count)
    },
  }
}

type Trouble = Pick<
  Control,
  | 'setFault'
  | 'hide'
  | 'reveal'
  | 'lateCommits'
  | 'queryAcl'
  | 'tableAcl'
  | 'quota'
  | 'semaphore'
  | 'sessionLock'
  | 'rateRule'
  | 'work'
  | 'dataPolicy'
  | 'businessRule'
>

/** A method of one argument that is looked at first; without one it switches off, where it may be left out. */
function looked<A, R>(what: string, shape: () => Shape, method: (given: A) => R): (given: A) => R {
  return (given) => {
    if (given !== undefined) demand(what, shape(), given)
    return method(given)
  }
}

function guardTrouble(control: Control, names: () => Names): Trouble {
  const shapes = (): ReturnType<typeof troubleShapes> => troubleShapes(names())
  return {
    setFault: looked('setFault', () => shapes().fault, control.setFault),
    lateCommits: looked('lateCommits', () => shapes().lateCommits, control.lateCommits),
    queryAcl: looked('queryAcl', () => shapes().queryAcl, control.queryAcl),
    tableAcl: looked('tableAcl', () => shapes().tableAcl, control.tableAcl),
    quota: looked('quota', () => shapes().quota, control.quota),
    semaphore: looked('semaphore', () => shapes().semaphore, control.semaphore),
    sessionLock: looked('sessionLock', () => shapes().sessionLock, control.sessionLock),
    rateRule: looked('rateRule', () => shapes().rateRule, control.rateRule),
    work: looked('work', () => shapes().work, control.work),
    dataPolicy: looked('dataPolicy', () => shapes().dataPolicy, control.dataPolicy),
    businessRule: looked('businessRule', () => shapes().businessRule, control.businessRule),
    hide(ids, user) {
      const sys_ids = all(ids)
      demand('hide', shapes().hidden, { sys_ids, user })
      control.hide(sys_ids, user)
    },
    reveal(ids, user) {
      const sys_ids = ids && all(ids)
      demand('reveal', shapes().hidden, { sys_ids: sys_ids ?? [], user })
      control.reveal(sys_ids, user)
    },
  }
}

type Doors = Pick<Control, 'property' | 'oauth' | 'oauthClient' | 'apiKey' | 'importMap' | 'attach'>

function guardDoors(control: Control, names: () => Names): Doors {
  const shapes = (): ReturnType<typeof doorShapes> => doorShapes(names())
  return {
    property(name, value) {
      demand('property', named({ name: shapes().propertyName, value: text }), { name, value })
      control.property(name, value)
    },
    oauth: looked('oauth', () => shapes().tokenLives, control.oauth),
    oauthClient: looked('oauthClient', () => shapes().oauthClient, control.oauthClient),
    apiKey: looked('apiKey', () => shapes().apiKey, control.apiKey),
    importMap: looked('importMap', () => shapes().importMap, control.importMap),
    attach: looked('attach', () => attachedFile(names()), control.attach),
  }
}

/** The same control, which throws `ControlError` for what it cannot use and has changed nothing then. */
export function guardControl(control: Control, world: () => World): Control {
  const names = (): Names => {
    const { access, database } = world()
    return namesOf(
      database,
      access.principals.map(({ userName }) => userName),
    )
  }
  return {
    ...control,
    ...guardData(control, names),
    ...guardTrouble(control, names),
    ...guardDoors(control, names),
  }
}
