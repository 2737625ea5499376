/** A parent table seen through its child: the rows of `incident` as `task` shows them (servicenow.md 3.10). */
import type { TableDefinition } from './dictionary.ts'
import type { TableStore } from './table-store.ts'

/** The child's table with nothing but the columns that the parent declares. Rights and rules stay those of the class of the rows. */
function through(child: TableStore, parent: string): TableStore {
  const declared = new Set(
    child.fields.filter(({ declaredBy }) => declaredBy === parent).map(({ name }) => name),
  )
  return Object.create(child, {
    column: { value: (name: string) => (declared.has(name) ? child.column(name) : undefined) },
  }) as TableStore
}

/**
 * The parents that are no tables of their own, by name. Of several children of one parent the first one is seen: no
 * second class of tasks comes with the simulator.
 */
export function parentTables(
  definitions: readonly TableDefinition[],
  store: (name: string) => TableStore | undefined,
): ReadonlyMap<string, TableStore> {
  const parents = new Map<string, TableStore>()
  for (const { name, extends: parent, fields } of definitions) {
    if (parent === undefined || parents.has(parent) || store(parent)) continue
    const child = store(name)
    if (child && fields.some(({ declaredBy }) => declaredBy === parent))
      parents.set(parent, through(child, parent))
  }
  return parents
}
