import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InspectionDetail } from '../api/types.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { Loading } from '../components/states.tsx'
import { useErrands } from '../device/use-device.ts'
import { type Lack, lacksOf, withAnswer } from './draft.ts'
import { Photos } from './photos.tsx'
import { PlaceField } from './place-field.tsx'
import { QuestionField } from './question-field.tsx'
import { SignatureField } from './signature-field.tsx'
import { useDraft } from './use-draft.ts'

/** The checklist, filled in where one stands: it needs no network until it is sent, and is kept until then. */
export function InspectionFormView({ inspection }: { inspection: InspectionDetail }) {
  const { t } = useTranslation()
  const { inspectionId, form } = inspection
  const work = useDraft(inspectionId)
  const queries = useQueryClient()
  const errands = useErrands(inspectionId)
  const [isTold, setTold] = useState(false)
  const { draft } = work
  if (work.error !== null) return <ProblemText error={work.error} />
  if (draft === null) return <Loading />
  const lacks = lacksOf(form, draft)
  const isResultRefused = errands.some(({ id, state }) => id === draft.submissionId && state === 'refused')
  if (draft.isSubmitted && !isResultRefused) {
    return (
      <Section title={form.title}>
        <p role="status">{t('inspections.submittedHere')}</p>
        <Button
          onClick={() =>
            void queries.invalidateQueries({ queryKey: ['get', '/v1/inspections/{inspectionId}'] })
          }
        >
          {t('common.refresh')}
        </Button>
      </Section>
    )
  }
  const submit = () => {
    setTold(true)
    if (lacks.length === 0) void work.submit(new Date().toISOString())
  }
  const photosOf = (field: string | null) => (
    <Photos
      inspectionId={inspectionId}
      sent={inspection.photos}
      photos={draft.photos.filter((photo) => photo.field === field)}
      onAdd={(file) => void work.addPhoto(file, field)}
      onRemove={(photoId) => void work.removePhoto(photoId)}
    />
  )
  return (
    <Section title={form.title}>
      {form.questions.map((question) => (
        <div key={question.key} className="question">
          <QuestionField
            question={question}
            answer={draft.answers[question.key] ?? null}
            isMissing={isTold && lacks.some((lack) => lack.kind === 'answer' && lack.key === question.key)}
            onChange={(answer) => void work.change((present) => withAnswer(present, question.key, answer))}
          />
          {question.photos > 0 && photosOf(question.key)}
        </div>
      ))}
      <div className="question">
        <div>{t('inspections.morePhotos')}</div>
        {photosOf(null)}
      </div>
      {form.signature !== 'none' && (
        <SignatureField isSigned={draft.signatureId !== null} onSign={(picture) => void work.sign(picture)} />
      )}
      <PlaceField
        position={draft.position}
        onFound={(position) => void work.change((present) => ({ ...present, position }))}
      />
      {isTold && lacks.length > 0 && <Lacks lacks={lacks} form={form} />}
      {isResultRefused ? (
        <Button size="large" block onClick={() => void work.reopen()}>
          {t('inspections.correct')}
        </Button>
      ) : (
        <Button type="primary" size="large" block className="pick-button" onClick={submit}>
          {t('inspections.submit')}
        </Button>
      )}
    </Section>
  )
}

function Lacks({ lacks, form }: { lacks: readonly Lack[]; form: InspectionDetail['form'] }) {
  const { t } = useTranslation()
  const labelOf = (key: string | null) =>
    form.questions.find((question) => question.key === key)?.label ?? t('inspections.morePhotos')
  return (
    <div className="late" role="alert">
      <ul>
        {lacks.map((lack) => (
          <li key={JSON.stringify(lack)}>
            {lack.kind === 'answer' && t('session.required', { field: labelOf(lack.key) })}
            {lack.kind === 'photos' &&
              t('inspections.photosMissing', { field: labelOf(lack.key), count: lack.count })}
            {lack.kind === 'signature' && t('inspections.signatureMissing')}
          </li>
        ))}
      </ul>
    </div>
  )
}
