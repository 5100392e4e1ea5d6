import { assertNever } from './assert-never.ts'
import type { Consequence, PlaceCheck } from './inspection-place.ts'

type Asked = {
  key: string
  label: string
  required: boolean
  /** So many photographs must show it. */
  photos: number
}
/** One question of a checklist, and which answers mean that something is wrong. */
export type ChecklistField = Asked &
  (
    | { kind: 'yes_no'; failsOn: 'yes' | 'no' | null }
    | { kind: 'choice'; options: readonly { value: string; label: string; fails: boolean }[] }
    | {
        kind: 'number'
        minimum: number
        maximum: number
        passFrom: number | null
        passUntil: number | null
      }
    | { kind: 'text'; maxCharacters: number }
  )

export type Checklist = {
  name: string
  title: string
  fields: readonly ChecklistField[]
  /** Of the whole, whatever they show. */
  minimumPhotos: number
  signature: 'required' | 'optional' | 'none'
}

export type Answer = boolean | number | string
export type Answers = Readonly<Record<string, Answer>>
export type AnswerProblem = { field: string; message: string }

/** What came with the answers: of each photograph which question it shows, if it shows one. */
export type Evidence = { photosOf: readonly (string | null)[]; hasSignature: boolean }

/** What is missing or cannot be an answer; nothing, if the checklist is filled in. */
export function checkAnswers(
  { fields, minimumPhotos, signature }: Checklist,
  answers: Answers,
  { photosOf, hasSignature }: Evidence,
): AnswerProblem[] {
  const known = new Set(fields.map(({ key }) => key))
  const strange = Object.keys(answers)
    .filter((key) => !known.has(key))
    .map((key) => ({ field: `answers.${key}`, message: 'is no question of this checklist' }))
  const wrong = fields.flatMap((field) => problemOf(field, answerTo(answers, field.key)))
  const unseen = fields
    .filter(({ key, photos }) => photosOf.filter((shown) => shown === key).length < photos)
    .map(({ key, photos }) => ({ field: 'photoIds', message: `must have ${photos} of "${key}"` }))
  const more: AnswerProblem[] = []
  if (photosOf.length < minimumPhotos) {
    more.push({ field: 'photoIds', message: `must be ${minimumPhotos} or more` })
  }
  if (signature === 'required' && !hasSignature) {
    more.push({ field: 'signatureId', message: 'must name a signature' })
  }
  return [...strange, ...wrong, ...unseen, ...more]
}

function answerTo(answers: Answers, key: string): Answer | undefined {
  return Object.hasOwn(answers, key) ? answers[key] : undefined
}

function problemOf(field: ChecklistField, answer: Answer | undefined): AnswerProblem[] {
  const refuse = (message: string) => [{ field: `answers.${field.key}`, message }]
  if (answer === undefined) return field.required ? refuse('must be answered') : []
  switch (field.kind) {
    case 'yes_no':
      return typeof answer === 'boolean' ? [] : refuse('must be true or false')
    case 'choice':
      return field.options.some(({ value }) => value === answer)
        ? []
        : refuse(`must be one of ${field.options.map(({ value }) => value).join(', ')}`)
    case 'number': {
      const { minimum, maximum } = field
      const isOne = typeof answer === 'number' && answer >= minimum && answer <= maximum
      return isOne ? [] : refuse(`must be a number from ${minimum} to ${maximum}`)
    }
    case 'text': {
      const isOne = typeof answer === 'string' && answer.length <= field.maxCharacters
      return isOne ? [] : refuse(`must be a text of up to ${field.maxCharacters} characters`)
    }
    default:
      return assertNever(field)
  }
}

/** Something that was noticed, and whether it fails the inspection. */
export type Finding = {
  code: 'answer' | 'place_far' | 'place_unknown' | 'photo_old'
  /** The question, or the photograph by its id. */
  subject: string | null
  fails: boolean
  en: string
  zh: string
}

/** A result as it is kept with its inspection. Of where somebody was it says how far that is, never the point. */
export type InspectionResult = {
  answers: Answers
  findings: Finding[]
  place: PlaceCheck
  /** As the telephone calls them. */
  photoIds: string[]
  signatureId: string | null
  /** RFC 3339, by the telephone's clock. */
  finishedAt: string | null
  wasCancelled: boolean
}

export type ResultRules = { whenFar: Consequence; whenUnknown: Consequence; whenPhotoOld: Consequence }
/** A clock may be behind ours by this much. */
const CLOCK_TOLERANCE_MS = 3_600_000

/**
 * What an inspection comes to. The hub judges, never the telephone: an inspection has failed if one finding fails it.
 *
 * @param photos with when they were taken, where they say so, in ms since the epoch
 * @param sinceMs when the task was made: what was photographed before does not show what was found
 */
export function judgeInspection(input: {
  checklist: Checklist
  answers: Answers
  place: PlaceCheck
  photos: readonly { photoId: string; takenAtMs: number | null }[]
  sinceMs: number
  rules: ResultRules
}): { outcome: 'passed' | 'failed'; findings: Finding[] } {
  const { checklist, answers, place, photos, sinceMs, rules } = input
  const findings = [
    ...checklist.fields.flatMap((field) => findingOf(field, answerTo(answers, field.key))),
    ...placeFindings(place, rules),
    ...photos
      .filter(({ takenAtMs }) => takenAtMs !== null && takenAtMs < sinceMs - CLOCK_TOLERANCE_MS)
      .map(({ photoId }) => ({
        code: 'photo_old' as const,
        subject: photoId,
        fails: rules.whenPhotoOld === 'fail',
        en: 'a photograph was taken before there was this task',
        zh: '照片拍摄时间早于任务创建时间',
      })),
  ]
  return { outcome: findings.some(({ fails }) => fails) ? 'failed' : 'passed', findings }
}

function findingOf(field: ChecklistField, answer: Answer | undefined): Finding[] {
  const said = wrongAnswer(field, answer)
  if (said === null) return []
  return [
    {
      code: 'answer',
      subject: field.key,
      fails: true,
      en: `${field.label}: ${said.en}`,
      zh: `${field.label}：${said.zh}`,
    },
  ]
}

function wrongAnswer(field: ChecklistField, answer: Answer | undefined): { en: string; zh: string } | null {
  if (answer === undefined) return null
  switch (field.kind) {
    case 'yes_no': {
      const said = answer === true ? 'yes' : 'no'
      return said === field.failsOn ? { en: said, zh: answer === true ? '是' : '否' } : null
    }
    case 'choice': {
      const option = field.options.find(({ value }) => value === answer)
      return option?.fails ? { en: option.label, zh: option.label } : null
    }
    case 'number': {
      if (typeof answer !== 'number') return null
      const { passFrom, passUntil } = field
      const passes = (passFrom === null || answer >= passFrom) && (passUntil === null || answer <= passUntil)
      return passes ? null : { en: String(answer), zh: String(answer) }
    }
    case 'text':
      return null
    default:
      return assertNever(field)
  }
}

function placeFindings(
  { state, distanceMetres, limitMetres }: PlaceCheck,
  { whenFar, whenUnknown }: ResultRules,
): Finding[] {
  if (state === 'near') return []
  if (state === 'unknown') {
    return [
      {
        code: 'place_unknown',
        subject: null,
        fails: whenUnknown === 'fail',
        en: 'nothing says where this was',
        zh: '无法确认稽查地点',
      },
    ]
  }
  const [away, limit] = [distanceMetres, limitMetres].map((metres) => ((metres ?? 0) / 1_000).toFixed(1))
  return [
    {
      code: 'place_far',
      subject: null,
      fails: whenFar === 'fail',
      en: `${away} km from the middle of where the order went; ${limit} km are allowed`,
      zh: `距收货区域中心 ${away} 公里，超过允许的 ${limit} 公里`,
    },
  ]
}
