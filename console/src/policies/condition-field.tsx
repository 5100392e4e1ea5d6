import { Button, Input } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Loading } from '../components/states.tsx'
import { conditionInWords } from './condition-words.ts'
import { fromLogic } from './conditions.ts'
import { useForm } from './form-context.ts'
import type { DescribedFacts } from './schema.ts'
import { useConditionWords } from './use-condition-words.ts'

/** The builder is as large as all the rest of this screen: it comes when somebody looks into a condition. */
const Builder = lazy(async () => ({ default: (await import('./condition-builder.tsx')).ConditionBuilder }))

type Props = { value: unknown; facts: DescribedFacts; onChange: (value: unknown) => void }

/** A condition in words, and on demand as something to be edited: by its parts, or as JSON where it has no such parts. */
export function ConditionField({ value, facts, onChange }: Props) {
  const { t } = useTranslation()
  const { kind, isOff } = useForm()
  const words = useConditionWords(facts, kind)
  const [isOpen, setOpen] = useState(false)
  // The tree as it was when it was opened: while it is edited, the builder has it.
  const [group] = useState(() => fromLogic(value, facts.vocabulary))
  return (
    <div className="condition">
      <div className="row-line">
        <span className={value === null ? 'late' : ''}>
          {value === null ? t('conditions.incomplete') : conditionInWords(value, facts, words)}
        </span>
        <Button size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? 'conditions.close' : isOff ? 'conditions.show' : 'conditions.edit')}
        </Button>
      </div>
      {isOpen &&
        (group === null ? (
          <JsonField label={t('conditions.json')} value={value} isOff={isOff} onChange={onChange} />
        ) : (
          <Suspense fallback={<Loading />}>
            <Builder group={group} facts={facts.vocabulary} words={words} isOff={isOff} onChange={onChange} />
          </Suspense>
        ))}
    </div>
  )
}

/** Whatever has no form of its own. What is no JSON yet stays in the field and out of the document. */
export function JsonField({
  label,
  value,
  isOff,
  onChange,
}: {
  label: string
  value: unknown
  isOff: boolean
  onChange: (value: unknown) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState(() => JSON.stringify(value, null, 2) ?? '')
  const [isWrong, setWrong] = useState(false)
  return (
    <>
      <Input.TextArea
        aria-label={label}
        className="code"
        disabled={isOff}
        value={text}
        autoSize={{ minRows: 2, maxRows: 16 }}
        aria-invalid={isWrong}
        onChange={({ target }) => {
          setText(target.value)
          const read = parsed(target.value)
          setWrong(read === undefined)
          if (read !== undefined) onChange(read)
        }}
      />
      {isWrong && (
        <div role="alert" className="late">
          {t('policies.noJson')}
        </div>
      )}
    </>
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // somebody is in the middle of typing it
  }
}
