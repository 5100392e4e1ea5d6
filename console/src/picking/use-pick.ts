import { useCallback, useEffect, useRef, useState } from 'react'
import { newIdempotencyKey } from '../api/idempotency.ts'
import type { PickReport, PickTask } from '../api/types.ts'
import { useDevice } from '../device/use-device.ts'
import { beginPick, type Pick, reportMissing, type ScanResult, scanItem } from './pick.ts'

type Step =
  | { type: 'started' }
  | { type: 'picked' }
  | { type: 'packed'; waybillNumber: string; courier: string }
  | { type: 'short'; lines: { lineNumber: number; quantityMissing: number }[] }

/** A pick task as it stands on this device. Whatever is done to it is in the device's store before it shows. */
export function usePick(task: PickTask) {
  const { db, outbox } = useDevice()
  const [pick, setPick] = useState<Pick | null>(null)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef<Pick | null>(null)
  /** One after the other: two scans at once are two units. */
  const turn = useRef<Promise<unknown>>(Promise.resolve())
  const { pickTaskId } = task

  const show = useCallback((next: Pick) => {
    latest.current = next
    setPick(next)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: begun once; what the hub has of it later is told by the hub
  useEffect(() => {
    let isLeft = false
    const open = async () => {
      const present = (await db.get('picks', pickTaskId)) ?? begin(task)
      // With its key, before anything is told under it.
      await db.put('picks', present)
      if (!isLeft) show(present)
    }
    open().catch(setError)
    return () => {
      isLeft = true
    }
  }, [db, pickTaskId])

  const inTurn = <Result>(work: (present: Pick) => Promise<Result>): Promise<Result | null> => {
    const next = turn.current.then(() => (latest.current === null ? null : work(latest.current)))
    turn.current = next.catch(setError)
    return next.catch(() => null)
  }
  const keep = async (next: Pick) => {
    await db.put('picks', next)
    show(next)
  }
  const tell = ({ key }: Pick, step: Step, part = '') => {
    const eventId = `${key}/${step.type}${part}`
    const report: PickReport = { ...step, eventId, occurredAt: new Date().toISOString() }
    return outbox.add({
      id: report.eventId,
      lane: pickTaskId,
      work: { kind: 'pick', pickTaskId, report },
    })
  }

  return {
    pick,
    /** Of the device's own store. */
    error,
    scan: (code: string): Promise<ScanResult | null> =>
      inTurn(async (present) => {
        const result = scanItem(present, code)
        if (result.kind !== 'counted') return result
        // Told before the first unit counts: a task that was begun is begun, whatever becomes of the page.
        if (isUntouched(present) && task.state === 'created') await tell(present, { type: 'started' })
        await keep(result.pick)
        return result
      }),
    missing: (lineNumber: number) =>
      inTurn(async (present) => {
        const result = reportMissing(present, lineNumber)
        if (!result) return
        const { quantityMissing } = result
        await tell(present, { type: 'short', lines: [{ lineNumber, quantityMissing }] }, `/${lineNumber}`)
        await keep(result.pick)
      }),
    finish: () =>
      inTurn(async (present) => {
        if (present.step !== 'picking') return
        await tell(present, { type: 'picked' })
        await keep({ ...present, step: 'picked' })
      }),
    pack: (label: { waybillNumber: string; courier: string }) =>
      inTurn(async (present) => {
        if (present.step === 'picking') return
        await tell(present, { type: 'packed', ...label })
        await keep({ ...present, step: 'packed' })
      }),
    /** Forgets what was done here, so that it shows as the hub has it. */
    forget: () =>
      inTurn(async () => {
        for (const { id, lane } of outbox.errands()) if (lane === pickTaskId) await outbox.drop(id)
        await keep(begin(task))
      }),
  }
}

function begin(task: PickTask): Pick {
  return beginPick(task, { key: newIdempotencyKey(), nowMs: Date.now() })
}

function isUntouched({ lines }: Pick): boolean {
  return lines.every(({ picked, missing }) => picked === 0 && missing === 0)
}
