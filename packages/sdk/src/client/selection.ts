/** The types of a selection: which fields may be asked for, and what a row holds when they are. */
import type { QueryField } from '../query/query.ts'

/** `false`: raw values. `true`: display values, in the language and zone of the user. `'all'`: both. */
export type DisplayValue = boolean | 'all'

/** Fields that may be selected: the record's own, dot-walks from them, custom fields. */
export type SelectableField<R> = QueryField<R>

/** A value with its display form. `display_value` may be null for an empty field. */
export interface ValuePair<V = string> {
  value: V
  display_value: string | null
}

/** What a cell holds: the raw type, a display text, or both. */
export type Cell<V, D extends DisplayValue> = D extends 'all' ? ValuePair<V> : D extends true ? string : V

/** A row: exactly the selected keys, dot-walks included, or the whole record when nothing was selected. */
export type Row<R, F extends string, D extends DisplayValue> = [F] extends [never]
  ? { [K in keyof R]: Cell<R[K], D> }
  : { [K in F]: Cell<K extends keyof R ? R[K] : string, D> }

/** Which fields a read gives, and in which form. Example: `{ fields: ['number', 'caller_id.email'], displayValue: 'all' }`. */
export interface ReadOptions<F extends string, D extends DisplayValue> {
  /** Exactly these fields, dot-walks included (`caller_id.email`). All when left out; an empty list is a QueryError. */
  fields?: readonly F[]
  /** Default false: raw values, stamps in UTC. True: display values, in the language, zone and format of the user; `'all'`: both. */
  displayValue?: D
}
