/** Which names may be written where: nothing here can reach a prototype, and no rule writes what only the instance may write. */
import { MappingError } from '../base/errors.ts'

const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const fieldName = /^[a-z][a-z0-9_]{0,79}$/
const customName = /^u_[a-z0-9_]{1,78}$/

/** True for the names through which a prototype could be reached. */
export function isForbiddenName(name: string): boolean {
  return forbidden.has(name)
}

/** True for a customer's own field. Example: `isCustomField('u_asset_tag')` is `true`. */
export function isCustomField(name: string): boolean {
  return customName.test(name)
}

/** Throws MappingError unless `field` is a field's plain name; a field that is written must not be one of the instance's own (`sys_*`). */
export function assertField(table: string, field: string, use: 'read' | 'write'): void {
  const place = { table, field, kind: 'field name' }
  const parts = use === 'read' ? field.split('.') : [field]
  if (!parts.every((part) => fieldName.test(part) && !forbidden.has(part))) {
    throw new MappingError(`${JSON.stringify(field)} cannot be the name of a field of ${table}.`, place, {
      hint: 'Use the column name: lower-case letters, digits and underscores.',
    })
  }
  if (use === 'write' && field.startsWith('sys_')) {
    throw new MappingError(`${table}.${field} is kept by the instance and cannot be written.`, place, {
      hint: "Leave it out, or give the rule direction: 'toTicket'.",
    })
  }
}

/** The own entries of a plain object of a declaration. Throws MappingError for a foreign prototype and for forbidden names. */
export function ownEntries<T>(
  table: string,
  what: string,
  object: Readonly<Record<string, T>>,
): [string, T][] {
  const prototype: unknown = Object.getPrototypeOf(object)
  const entries = Object.entries(object)
  const bad = entries.find(([name]) => forbidden.has(name))?.[0]
  if (bad === undefined && (prototype === Object.prototype || prototype === null)) return entries
  throw new MappingError(
    `${what} of the mapper for ${table} must be a plain object without the name ${bad ?? '__proto__'}.`,
    { table, field: what, kind: 'declaration' },
    { hint: 'Write it as an object literal with ordinary names.' },
  )
}

/** An own member of an object, or `undefined`: what a prototype holds is never seen. */
export function ownMember<T>(object: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined
}
