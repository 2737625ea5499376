/** Tells waiting streams that a run has written something new; holds no event itself, so no slow reader can fill the memory. */

export interface RunHub {
  /** Something of this run was stored. */
  announce(runId: string, bytes: number): void
  /** True while this process works on the run. */
  isLive(runId: string): boolean
  begin(runId: string): void
  end(runId: string): void
  /** Grows with every announcement: taken before looking, it tells whether anything came since. */
  tick(runId: string): number
  /** Bytes announced since the run began here. */
  bytes(runId: string): number
  /** Resolves when the tick is past `seen`, at once when it is already; also when the run ends here. */
  changed(runId: string, seen: number): Promise<void>
}

interface Live {
  tick: number
  bytes: number
  waiting: (() => void)[]
}

export function createRunHub(): RunHub {
  const runs = new Map<string, Live>()
  const wake = (live: Live): void => {
    for (const resolve of live.waiting.splice(0)) resolve()
  }
  return {
    begin(runId) {
      runs.set(runId, { tick: 0, bytes: 0, waiting: [] })
    },
    end(runId) {
      const live = runs.get(runId)
      runs.delete(runId)
      if (live !== undefined) wake(live)
    },
    announce(runId, bytes) {
      const live = runs.get(runId)
      if (live === undefined) return
      live.tick += 1
      live.bytes += bytes
      wake(live)
    },
    isLive: (runId) => runs.has(runId),
    tick: (runId) => runs.get(runId)?.tick ?? 0,
    bytes: (runId) => runs.get(runId)?.bytes ?? 0,
    changed(runId, seen) {
      const live = runs.get(runId)
      if (live === undefined || live.tick > seen) return Promise.resolve()
      return new Promise((resolve) => live.waiting.push(resolve))
    },
  }
}
