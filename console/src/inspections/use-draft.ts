import { useCallback, useEffect, useRef, useState } from 'react'
import { newIdempotencyKey } from '../api/idempotency.ts'
import { useDevice } from '../device/use-device.ts'
import { beginDraft, type InspectionDraft, resultOf } from './draft.ts'

type Shows = { kind: 'photo' | 'signature'; field?: string }

/** An inspection as it stands on this device: each change is in the device's store before the next one. */
export function useDraft(inspectionId: string) {
  const { db, outbox } = useDevice()
  const [draft, setDraft] = useState<InspectionDraft | null>(null)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef<InspectionDraft | null>(null)
  const turn = useRef<Promise<unknown>>(Promise.resolve())

  const show = useCallback((next: InspectionDraft) => {
    latest.current = next
    setDraft(next)
  }, [])
  useEffect(() => {
    let isLeft = false
    db.get('drafts', inspectionId).then((kept) => {
      if (!isLeft) show(kept ?? beginDraft(inspectionId, newIdempotencyKey(), Date.now()))
    }, setError)
    return () => {
      isLeft = true
    }
  }, [db, inspectionId, show])

  const inTurn = (work: (present: InspectionDraft) => Promise<InspectionDraft>): Promise<void> => {
    const next = turn.current.then(async () => {
      if (latest.current === null) return
      const changed = await work(latest.current)
      show(changed)
      await db.put('drafts', changed)
    })
    turn.current = next.catch(setError)
    return next.catch(() => undefined)
  }
  const addPicture = async (bytes: ArrayBuffer, shows: Shows): Promise<string> => {
    const photoId = newIdempotencyKey()
    await outbox.add({
      id: photoId,
      lane: inspectionId,
      work: { kind: 'photo', inspectionId, photoId, shows, bytes },
    })
    return photoId
  }
  /** What waits is not sent; what has arrived stays there and is not named by the result. */
  const forgetPicture = async (photoId: string): Promise<void> => {
    if (outbox.errands().some(({ id }) => id === photoId)) await outbox.drop(photoId)
  }

  return {
    draft,
    /** Of the device's own store. */
    error,
    change: (change: (present: InspectionDraft) => InspectionDraft) =>
      inTurn(async (present) => change(present)),
    addPhoto: (file: Blob, field: string | null) =>
      inTurn(async (present) => {
        const shows = { kind: 'photo' as const, ...(field === null ? {} : { field }) }
        const photoId = await addPicture(await file.arrayBuffer(), shows)
        return { ...present, photos: [...present.photos, { photoId, field }] }
      }),
    removePhoto: (photoId: string) =>
      inTurn(async (present) => {
        await forgetPicture(photoId)
        return { ...present, photos: present.photos.filter((photo) => photo.photoId !== photoId) }
      }),
    sign: (picture: Blob | null) =>
      inTurn(async (present) => {
        if (present.signatureId !== null) await forgetPicture(present.signatureId)
        const signatureId =
          picture === null ? null : await addPicture(await picture.arrayBuffer(), { kind: 'signature' })
        return { ...present, signatureId }
      }),
    /** Behind its pictures, in the same lane: they are there when it arrives. */
    submit: (finishedAt: string) =>
      inTurn(async (present) => {
        const body = resultOf(present, finishedAt)
        await outbox.add({
          id: present.submissionId,
          lane: inspectionId,
          work: { kind: 'result', inspectionId, body },
        })
        return { ...present, isSubmitted: true }
      }),
    /** After a refusal: it can be corrected and sent again. */
    reopen: () =>
      inTurn(async (present) => {
        await outbox.drop(present.submissionId)
        return { ...present, isSubmitted: false }
      }),
  }
}
