import { client } from '../api/client.ts'
import { problemOf, readProblem, unreachable } from '../api/problem.ts'
import { partNumbers, partOf } from './parts.ts'
import type { DeviceWork } from './work.ts'

type Photo = Extract<DeviceWork, { kind: 'photo' }>

/** Carries out one errand. Each of these may be asked again: the API knows it by the id that it carries. */
export async function sendWork(work: DeviceWork): Promise<void> {
  switch (work.kind) {
    case 'pick':
      return sendPickReport(work)
    case 'photo':
      return sendPhoto(work)
    case 'result': {
      const { inspectionId, body } = work
      await client.PUT('/v1/inspections/{inspectionId}/result', { params: { path: { inspectionId } }, body })
    }
  }
}

async function sendPickReport({ pickTaskId, report }: Extract<DeviceWork, { kind: 'pick' }>): Promise<void> {
  try {
    await client.POST('/v1/pick-tasks/{pickTaskId}/events', {
      params: { path: { pickTaskId } },
      body: report,
    })
  } catch (error) {
    // Somebody else has begun it, too. Who of them goes on, the steps that follow decide.
    if (report.type === 'started' && problemOf(error).code === 'pick-task-wrong-state') return
    throw error
  }
}

/** Sends the parts that have not arrived so far, and has the picture made of them. */
async function sendPhoto({ inspectionId, photoId, shows, bytes }: Photo): Promise<void> {
  const { data } = await client.GET('/v1/inspections/{inspectionId}', { params: { path: { inspectionId } } })
  if (data?.photos.some((photo) => photo.photoId === photoId)) return
  const there = data?.waitingPhotos.find((photo) => photo.photoId === photoId)?.parts ?? []
  const all = partNumbers(bytes.byteLength)
  for (const part of all.filter((number) => !there.includes(number))) {
    await sendPart(`/v1/inspections/${inspectionId}/photos/${photoId}/parts/${part}`, partOf(bytes, part))
  }
  await client.PUT('/v1/inspections/{inspectionId}/photos/{photoId}/completion', {
    params: { path: { inspectionId, photoId }, query: shows },
    body: { parts: all.length, sha256: await sha256Of(bytes) },
  })
}

/** By hand: the document has no type for a body of bytes. */
async function sendPart(url: string, body: ArrayBuffer): Promise<void> {
  const headers = { 'x-order-hub': '1', 'content-type': 'application/octet-stream' }
  const answer = await fetch(url, { method: 'PUT', headers, body }).catch((error) => {
    throw unreachable(error)
  })
  if (!answer.ok) throw await readProblem(answer)
}

async function sha256Of(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
