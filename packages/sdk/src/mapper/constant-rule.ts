/** Constant rules: the same value for every record, from the declaration or from a setting. */
import { type CompiledRule, readSetting, sysIdCheck } from './compiled-rule.ts'
import type { MapperShape } from './draft.ts'
import { ownMember } from './names.ts'
import type { ConstantRule } from './rules.ts'

export function compileConstant(
  shape: MapperShape,
  name: string,
  { to, value, setting }: ConstantRule<string>,
): CompiledRule {
  const isSysId = sysIdCheck()
  const isReference = ownMember(shape.table.fields, to) === 'reference'
  return {
    name,
    writes: [to],
    reads: [],
    write(draft) {
      const given = readSetting(draft.context, setting) ?? value
      if (given === undefined) return
      if (!isReference || isSysId(given)) draft.setDefault(to, given)
      else
        draft.warn(
          to,
          `left out: ${setting === undefined ? 'the value' : `the setting ${setting}`} is no sys_id`,
        )
    },
    read() {},
    agrees: () => false,
  }
}
