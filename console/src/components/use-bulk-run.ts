import { useEffect, useRef, useState } from 'react'
import { newIdempotencyKey } from '../api/idempotency.ts'
import { problemOf } from '../api/problem.ts'
import { sessionGate } from '../session/gate.ts'
import { again, type BulkRun, done, failed, newRun, nextOf, sending, stopped } from './bulk-run.ts'

export type SendOne<Row> = (row: Row, idempotencyKey: string) => Promise<unknown>

type Controls<Row> = {
  run: BulkRun<Row> | null
  begin: (rows: readonly Row[], send: SendOne<Row>) => void
  stop: () => void
  goOn: (fresh: (id: string) => Row | undefined) => void
  forget: () => void
}

/** Carries a run out while the screen is there; who leaves it leaves what has not been sent. */
export function useBulkRun<Row>(keyOf: (row: Row) => string, onSettled: () => void): Controls<Row> {
  const [run, setRun] = useState<BulkRun<Row> | null>(null)
  const latest = useRef<BulkRun<Row> | null>(null)
  const sender = useRef<SendOne<Row> | null>(null)
  const put = (next: BulkRun<Row> | null) => {
    latest.current = next
    setRun(next)
  }
  const change = (how: (present: BulkRun<Row>) => BulkRun<Row>) => {
    if (latest.current !== null) put(how(latest.current))
  }
  useEffect(
    () => () => {
      if (latest.current !== null) latest.current = stopped(latest.current)
    },
    [],
  )

  const drive = async () => {
    const send = sender.current
    const next = () => (latest.current === null ? null : nextOf(latest.current))
    for (let entry = next(); send !== null && entry !== null; entry = next()) {
      const { id, row, idempotencyKey } = entry
      change((present) => sending(present, id))
      try {
        await send(row, idempotencyKey)
        change((present) => done(present, id))
      } catch (error) {
        const problem = problemOf(error)
        if (problem.code === 'unauthenticated') sessionGate.expire()
        change((present) => failed(present, id, problem))
      }
    }
    onSettled()
  }
  return {
    run,
    begin: (rows, send) => {
      sender.current = send
      put(newRun(rows, { keyOf, newKey: newIdempotencyKey }))
      void drive()
    },
    stop: () => change(stopped),
    goOn: (fresh) => {
      change((present) => again(present, { fresh, newKey: newIdempotencyKey }))
      void drive()
    },
    forget: () => put(null),
  }
}
