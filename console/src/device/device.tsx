import { useQueryClient } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { problemOf } from '../api/problem.ts'
import { Failure, Loading } from '../components/states.tsx'
import { sessionGate } from '../session/gate.ts'
import { usePerson } from '../session/session.ts'
import { errandsOf, openDevice } from './device-store.ts'
import { Outbox } from './outbox.ts'
import { sendWork } from './send.ts'
import { SyncBar } from './sync-bar.tsx'
import { type Device, DeviceContext } from './use-device.ts'
import type { DeviceWork } from './work.ts'

/** Screens for a handheld: what is done on them is kept on the device first, and told to the hub as the network allows. */
export function DeviceFrame() {
  const { accountId } = usePerson()
  const queries = useQueryClient()
  const [device, setDevice] = useState<Device | null>(null)
  const [error, setError] = useState<unknown>(null)

  useEffect(() => {
    let isLeft = false
    let close: (() => void) | null = null
    const open = async () => {
      const db = await openDevice(accountId)
      const outbox = new Outbox<DeviceWork>({
        store: errandsOf(db),
        send: ({ work }) => sendWork(work).catch(noticeEndOfSession),
        after: (ms, work) => {
          const timer = setTimeout(work, ms)
          return () => clearTimeout(timer)
        },
        onSent: ({ work }) => {
          void queries.invalidateQueries({ queryKey: ['get', listOf(work)] })
          // The hub has all of it: nothing of it is wanted here any more.
          if (work.kind === 'pick' && work.report.type === 'packed') void db.delete('picks', work.pickTaskId)
          if (work.kind === 'result') void db.delete('drafts', work.inspectionId)
        },
      })
      window.addEventListener('online', outbox.tryNow)
      const stopWaiting = sessionGate.subscribe(() => {
        if (!sessionGate.isExpired()) outbox.tryNow()
      })
      close = () => {
        window.removeEventListener('online', outbox.tryNow)
        stopWaiting()
        void outbox.stop().finally(() => db.close())
      }
      if (isLeft) return close()
      await outbox.start()
      if (!isLeft) setDevice({ db, outbox })
    }
    open().catch(setError)
    return () => {
      isLeft = true
      setDevice(null)
      close?.()
    }
  }, [accountId, queries])

  if (error !== null) return <Failure error={error} />
  if (device === null) return <Loading />
  return (
    <DeviceContext value={device}>
      <SyncBar />
      <Outlet />
    </DeviceContext>
  )
}

function listOf(work: DeviceWork): string {
  return work.kind === 'pick' ? '/v1/pick-tasks' : '/v1/inspections/{inspectionId}'
}

/** Not asked through React Query, which notices for everybody else. */
function noticeEndOfSession(error: unknown): never {
  if (problemOf(error).code === 'unauthenticated') sessionGate.expire()
  throw error
}
