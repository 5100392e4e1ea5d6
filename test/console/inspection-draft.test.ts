import { expect, test } from 'vitest'
import type { InspectionForm } from '../../console/src/api/types.ts'
import { beginDraft, lacksOf, resultOf, withAnswer } from '../../console/src/inspections/draft.ts'

const question = {
  required: true,
  photos: 0,
  options: null,
  minimum: null,
  maximum: null,
  maxCharacters: null,
}
const form: InspectionForm = {
  name: 'delivered-goods',
  title: '到货稽查',
  minimumPhotos: 2,
  signature: 'required',
  questions: [
    { ...question, key: 'real', kind: 'yes_no', label: '收货人真实存在' },
    { ...question, key: 'goods', kind: 'yes_no', label: '货物已收到', photos: 1 },
    { ...question, key: 'units', kind: 'number', label: '件数', minimum: 1, maximum: 5 },
    { ...question, key: 'remark', kind: 'text', label: '备注', required: false },
  ],
}
const empty = beginDraft('inspection', 'submission', 0)

test('everything that the form still wants is named', () => {
  expect(lacksOf(form, empty)).toEqual([
    { kind: 'answer', key: 'real' },
    { kind: 'answer', key: 'goods' },
    { kind: 'answer', key: 'units' },
    { kind: 'photos', key: 'goods', count: 1 },
    { kind: 'photos', key: null, count: 2 },
    { kind: 'signature' },
  ])
})

test('a no is an answer, an empty text is none, and a number has to be within its limits', () => {
  let draft = withAnswer(withAnswer(empty, 'real', false), 'remark', '好')
  draft = withAnswer(draft, 'units', 9)
  expect(lacksOf(form, draft)).not.toContainEqual({ kind: 'answer', key: 'real' })
  expect(lacksOf(form, draft)).toContainEqual({ kind: 'answer', key: 'units' })
  expect(withAnswer(draft, 'remark', '  ').answers).toEqual({ real: false, units: 9 })
})

test('the result names its pictures in the order in which they were taken, under the draft’s own id', () => {
  const photos = [
    { photoId: 'one', field: 'goods' },
    { photoId: 'two', field: null },
  ]
  const draft = { ...withAnswer(empty, 'real', true), photos, signatureId: 'three' }
  expect(resultOf(draft, '2026-11-28T10:00:00.000Z')).toEqual({
    submissionId: 'submission',
    answers: { real: true },
    photoIds: ['one', 'two'],
    signatureId: 'three',
    position: null,
    finishedAt: '2026-11-28T10:00:00.000Z',
  })
})
