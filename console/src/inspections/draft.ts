import type { InspectionForm, InspectionResultBody } from '../api/types.ts'

export type Answer = boolean | number | string
/** An inspection as it is filled in on this device. No names and no address. */
export type InspectionDraft = {
  inspectionId: string
  begunAtMs: number
  /** The result's own: the same however often it is sent. */
  submissionId: string
  answers: Readonly<Record<string, Answer>>
  photos: readonly { photoId: string; field: string | null }[]
  signatureId: string | null
  position: NonNullable<InspectionResultBody['position']> | null
  /** It is among what the device has to tell. */
  isSubmitted: boolean
}

export function beginDraft(inspectionId: string, submissionId: string, nowMs: number): InspectionDraft {
  return {
    ...{ inspectionId, submissionId, begunAtMs: nowMs },
    answers: {},
    photos: [],
    signatureId: null,
    position: null,
    isSubmitted: false,
  }
}

/** What the form still wants: so that somebody who stands there knows it while they do. */
export type Lack =
  | { kind: 'answer'; key: string }
  | { kind: 'photos'; key: string | null; count: number }
  | { kind: 'signature' }

export function lacksOf(form: InspectionForm, draft: InspectionDraft): Lack[] {
  const answers = form.questions.flatMap((question): Lack[] => {
    const answer = draft.answers[question.key]
    if (answer === undefined) return question.required ? [{ kind: 'answer', key: question.key }] : []
    return isAnswer(question, answer) ? [] : [{ kind: 'answer', key: question.key }]
  })
  const photos = form.questions.flatMap((question): Lack[] => {
    const count = question.photos - draft.photos.filter(({ field }) => field === question.key).length
    return count > 0 ? [{ kind: 'photos', key: question.key, count }] : []
  })
  const more = form.minimumPhotos - draft.photos.length
  return [
    ...answers,
    ...photos,
    ...(more > 0 ? [{ kind: 'photos', key: null, count: more } as const] : []),
    ...(form.signature === 'required' && draft.signatureId === null ? [{ kind: 'signature' } as const] : []),
  ]
}

function isAnswer(question: InspectionForm['questions'][number], answer: Answer): boolean {
  const { minimum, maximum } = question
  return (
    typeof answer !== 'number' ||
    ((minimum === null || answer >= minimum) && (maximum === null || answer <= maximum))
  )
}

/** With or without an answer: an empty one is none. */
export function withAnswer(draft: InspectionDraft, key: string, answer: Answer | null): InspectionDraft {
  const { [key]: _before, ...rest } = draft.answers
  const isNone = answer === null || (typeof answer === 'string' && answer.trim() === '')
  return { ...draft, answers: isNone ? rest : { ...rest, [key]: answer } }
}

export function resultOf(draft: InspectionDraft, finishedAt: string): InspectionResultBody {
  const { submissionId, answers, photos, signatureId, position } = draft
  return {
    submissionId,
    answers: { ...answers },
    photoIds: photos.map(({ photoId }) => photoId),
    ...{ signatureId, position, finishedAt },
  }
}
