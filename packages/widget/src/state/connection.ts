/** The connection in one line: how it looks and what it says. Pure. */
import type { HealthView } from '@snowline/protocol'
import { hostOf } from '../text/format.ts'
import type { Say } from '../text/messages.ts'
import type { ListState } from './list.ts'

export type ConnectionTone = 'ok' | 'waiting' | 'off' | 'warn' | 'bad'

export interface ConnectionLine {
  tone: ConnectionTone
  text: string
}

export interface ConnectionInput {
  health: HealthView | null
  /** True until the first health answer or its failure. */
  checking: boolean
  list: ListState
}

export function toConnectionLine({ health, checking, list }: ConnectionInput, say: Say): ConnectionLine {
  const address = health?.instance ?? list.instance
  const instance = address === null ? say('theInstance') : hostOf(address)
  if (health === null) return withoutHealth(checking, list, instance, say)
  switch (health.status) {
    case 'ok':
      return { tone: 'ok', text: say('connectionOk', instance) }
    case 'not_configured':
      return { tone: 'off', text: say('connectionNotConfigured') }
    case 'misconfigured':
      return { tone: 'warn', text: say('connectionMisconfigured') }
    case 'asleep':
      return { tone: 'warn', text: say('connectionAsleep', instance) }
    case 'unreachable':
      return { tone: 'bad', text: say('connectionUnreachable', instance) }
    case 'auth_failed':
      return { tone: 'bad', text: say('connectionAuthFailed', instance) }
    case 'forbidden':
      return { tone: 'warn', text: say('connectionForbidden') }
    default:
      return { tone: 'bad', text: health.message || say('connectionError') }
  }
}

/** Rows that came live prove a connection, whatever became of the health check. */
function withoutHealth(checking: boolean, list: ListState, instance: string, say: Say): ConnectionLine {
  if (list.phase === 'ready' && list.source === 'live')
    return { tone: 'ok', text: say('connectionOk', instance) }
  if (list.phase === 'ready' && list.source === 'mirror')
    return { tone: 'warn', text: say('connectionMirror') }
  if (list.failure?.kind === 'not_configured') return { tone: 'off', text: say('connectionNotConfigured') }
  if (checking) return { tone: 'waiting', text: say('connectionChecking') }
  return { tone: 'off', text: say('connectionUnknown') }
}
