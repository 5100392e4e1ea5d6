import { Descriptions, Image } from 'antd'
import { useTranslation } from 'react-i18next'
import type { InspectionDetail } from '../api/types.ts'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'
import type { Answer } from './draft.ts'

type Result = NonNullable<InspectionDetail['result']>

/** What was found, and what the hub made of it. */
export function InspectionResult({ inspection, result }: { inspection: InspectionDetail; result: Result }) {
  const { t, i18n } = useTranslation()
  const { form, photos, closedBy } = inspection
  const shown = photos.filter(({ isInResult }) => isInResult)
  return (
    <Section title={t('inspections.result')}>
      {result.findings.map(({ code, subject, fails, en, zh }) => (
        <div key={`${code} ${subject}`} className="row-line">
          <Tag tone={fails ? 'red' : 'gold'}>{t(fails ? 'inspections.fails' : 'inspections.notes')}</Tag>
          {pickText({ en, zh }, i18n.language)}
        </div>
      ))}
      {result.findings.length === 0 && <p>{t('inspections.nothingFound')}</p>}
      <Descriptions
        size="small"
        column={{ xs: 1, sm: 2 }}
        items={[
          ...form.questions.map((question) => ({
            key: question.key,
            label: question.label,
            children: <AnswerText question={question} answer={result.answers[question.key]} />,
          })),
          { key: 'by', label: t('inspections.by'), children: closedBy ?? '–' },
          { key: 'at', label: t('inspections.at'), children: <Moment at={result.finishedAt} /> },
        ]}
      />
      <Image.PreviewGroup>
        <div className="attachments">
          {shown.map(({ photoId, thumbnailUrl, fileUrl, kind }, index) =>
            thumbnailUrl === null || fileUrl === null ? (
              <span key={photoId} className="quiet">
                {t('change.erased')}
              </span>
            ) : (
              <Image
                key={photoId}
                src={thumbnailUrl}
                preview={{ src: fileUrl }}
                height={96}
                className="attachment"
                alt={
                  kind === 'signature'
                    ? t('inspections.signature')
                    : t('inspections.photo', { number: index + 1 })
                }
              />
            ),
          )}
        </div>
      </Image.PreviewGroup>
    </Section>
  )
}

function AnswerText({
  question,
  answer,
}: {
  question: InspectionDetail['form']['questions'][number]
  answer: Answer | undefined
}) {
  const { t } = useTranslation()
  if (answer === undefined) return '–'
  if (typeof answer === 'boolean') return t(answer ? 'inspections.yes' : 'inspections.no')
  return question.options?.find(({ value }) => value === answer)?.label ?? String(answer)
}
