import { createContext, use, useSyncExternalStore } from 'react'
import type { DeviceDb } from './device-store.ts'
import type { Errand, Outbox } from './outbox.ts'
import type { DeviceWork } from './work.ts'

export type Device = { db: DeviceDb; outbox: Outbox<DeviceWork> }
export const DeviceContext = createContext<Device | null>(null)

export function useDevice(): Device {
  const device = use(DeviceContext)
  if (!device) throw new Error('a device is used inside <DeviceFrame>')
  return device
}

/** What has not been heard yet, of everything or of one lane. */
export function useErrands(lane?: string): readonly Errand<DeviceWork>[] {
  const { outbox } = useDevice()
  const errands = useSyncExternalStore(outbox.subscribe, outbox.errands)
  return lane === undefined ? errands : errands.filter((errand) => errand.lane === lane)
}
