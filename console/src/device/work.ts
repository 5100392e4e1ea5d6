import type { InspectionResultBody, PickReport } from '../api/types.ts'

/** What a device tells the hub: steps of a pick task, pictures of an inspection and its result. */
export type DeviceWork =
  | { kind: 'pick'; pickTaskId: string; report: PickReport }
  | {
      kind: 'photo'
      inspectionId: string
      photoId: string
      shows: { kind: 'photo' | 'signature'; field?: string }
      bytes: ArrayBuffer
    }
  | { kind: 'result'; inspectionId: string; body: InspectionResultBody }
