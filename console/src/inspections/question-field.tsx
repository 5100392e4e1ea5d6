import { Input, InputNumber, Radio } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { InspectionForm } from '../api/types.ts'
import type { Answer } from './draft.ts'

const TEXT_CHARACTERS = 1_000

type Props = {
  question: InspectionForm['questions'][number]
  answer: Answer | null
  isMissing: boolean
  onChange: (answer: Answer | null) => void
}

/** One question of a checklist. */
export function QuestionField({ question, answer, isMissing, onChange }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const { kind, label, required, options } = question
  const choices =
    kind === 'yes_no'
      ? [
          { value: true, label: t('inspections.yes') },
          { value: false, label: t('inspections.no') },
        ]
      : (options ?? [])
  const name = (
    <span id={id} className={isMissing ? 'late' : ''}>
      {label}
      {!required && <span className="quiet"> {t('inspections.optional')}</span>}
    </span>
  )
  if (kind === 'yes_no' || kind === 'choice') {
    return (
      <fieldset className="field question-choice">
        <legend>{name}</legend>
        <Radio.Group
          size="large"
          optionType="button"
          value={answer}
          onChange={({ target }) => onChange(target.value)}
          options={choices}
        />
      </fieldset>
    )
  }
  return (
    <div className="field">
      {name}
      {kind === 'number' ? (
        <InputNumber
          aria-labelledby={id}
          size="large"
          value={typeof answer === 'number' ? answer : null}
          onChange={onChange}
          {...(question.minimum === null ? {} : { min: question.minimum })}
          {...(question.maximum === null ? {} : { max: question.maximum })}
        />
      ) : (
        <Input.TextArea
          aria-labelledby={id}
          maxLength={question.maxCharacters ?? TEXT_CHARACTERS}
          autoSize={{ minRows: 2, maxRows: 6 }}
          // As typed here: the draft is written in turn, and would answer a letter late.
          defaultValue={typeof answer === 'string' ? answer : ''}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </div>
  )
}
