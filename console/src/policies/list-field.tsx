import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  DeleteOutlined,
  DownOutlined,
  RightOutlined,
} from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newIdempotencyKey } from '../api/idempotency.ts'
import { conditionInWords } from './condition-words.ts'
import { moved, replaced } from './documents.ts'
import { type FieldProps, useForm } from './form-context.ts'
import { emptyOf, type Field, type FieldOf, isRecord } from './schema.ts'
import { useConditionWords } from './use-condition-words.ts'

const isSimple = ({ kind }: Field) => kind === 'text' || kind === 'number' || kind === 'choice'

/** A list: of words one in a line, of choices one beside the other, of anything else entry by entry in its order. */
export function ListField(props: FieldProps<'list'>) {
  const { item } = props.field
  if (item.kind === 'text') return <LinesField {...props} />
  if (item.kind === 'choice') return <ChoicesField {...props} choices={item} />
  return <EntriesField {...props} />
}

/** Texts, each in a line of its own. */
function LinesField({ name, value, onChange }: FieldProps<'list'>) {
  const { t } = useTranslation()
  const { names, isOff } = useForm()
  const id = useId()
  const [text, setText] = useState(() => entriesOf(value).join('\n'))
  return (
    <div className="field">
      <label htmlFor={id}>
        {names.fieldOf(name)} <span className="quiet">{t('policies.onePerLine')}</span>
      </label>
      <Input.TextArea
        id={id}
        disabled={isOff}
        value={text}
        autoSize={{ minRows: 1, maxRows: 8 }}
        onChange={({ target }) => {
          setText(target.value)
          const lines = target.value.split('\n').map((line) => line.trim())
          onChange(lines.filter((line) => line !== ''))
        }}
      />
    </div>
  )
}

/** Some of a few, in the order in which they were chosen. */
function ChoicesField({
  name,
  value,
  onChange,
  choices,
}: FieldProps<'list'> & { choices: FieldOf<'choice'> }) {
  const { names, isOff } = useForm()
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{names.fieldOf(name)}</label>
      <Select
        id={id}
        mode="multiple"
        disabled={isOff}
        value={entriesOf(value).map(String)}
        onChange={(chosen: string[]) => onChange(chosen)}
        options={choices.values.map((each) => ({ value: each, label: names.valueOf(each) }))}
      />
    </div>
  )
}

const entriesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function EntriesField({ name, field, value, onChange }: FieldProps<'list'>) {
  const { t } = useTranslation()
  const { names, isOff } = useForm()
  const entries = entriesOf(value)
  // An entry keeps what is open in it when it is moved, so that it needs a name of its own.
  const [keys, setKeys] = useState(() => entries.map(newIdempotencyKey))
  const change = (nextEntries: unknown[], nextKeys: string[]) => {
    setKeys(nextKeys)
    onChange(nextEntries)
  }
  const isFull = field.most !== null && entries.length >= field.most
  return (
    <fieldset className="form-group form-wide">
      <legend>{names.fieldOf(name)}</legend>
      <ol className="form-entries">
        {entries.map((entry, index) => (
          <li key={keys[index] ?? index}>
            <Entry
              name={name}
              field={field.item}
              value={entry}
              number={index + 1}
              onChange={(next) => onChange(replaced(entries, index, next))}
              onMove={(by) => change(moved(entries, index, index + by), moved(keys, index, index + by))}
              onRemove={() =>
                change(
                  entries.filter((_entry, at) => at !== index),
                  keys.filter((_key, at) => at !== index),
                )
              }
            />
          </li>
        ))}
      </ol>
      {!isOff && (
        <Button
          size="small"
          disabled={isFull}
          onClick={() => change([...entries, emptyOf(field.item)], [...keys, newIdempotencyKey()])}
        >
          {t('policies.addEntry', { name: names.fieldOf(name) })}
        </Button>
      )}
    </fieldset>
  )
}

type EntryProps = {
  name: string
  field: Field
  value: unknown
  number: number
  onChange: (value: unknown) => void
  onMove: (by: 1 | -1) => void
  onRemove: () => void
}

/** One entry of a list in a line; what is in it is shown when it is opened, because a list may have fifty. */
function Entry({ name, field, value, number, onChange, onMove, onRemove }: EntryProps) {
  const { t } = useTranslation()
  const { names, isOff, Part } = useForm()
  const [isOpen, setOpen] = useState(isSimple(field))
  const words = { name: names.fieldOf(name), number }
  const summary = useSummary(field, value)
  const inner = { name: '', label: `${words.name} ${number}`, field, value, onChange }
  return (
    <div className="form-entry">
      <div className="form-entry-head">
        {!isSimple(field) && (
          <Button
            type="text"
            size="small"
            className="form-entry-name"
            icon={isOpen ? <DownOutlined /> : <RightOutlined />}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {number}. {summary}
          </Button>
        )}
        {isSimple(field) && <Part {...inner} />}
        {!isOff && (
          <span className="nowrap">
            <Button
              type="text"
              size="small"
              icon={<ArrowUpOutlined />}
              aria-label={t('policies.entryUp', words)}
              onClick={() => onMove(-1)}
            />
            <Button
              type="text"
              size="small"
              icon={<ArrowDownOutlined />}
              aria-label={t('policies.entryDown', words)}
              onClick={() => onMove(1)}
            />
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined />}
              aria-label={t('policies.entryRemove', words)}
              onClick={onRemove}
            />
          </span>
        )}
      </div>
      {isOpen && !isSimple(field) && <Part {...inner} />}
    </div>
  )
}

const TITLES = ['title', 'tag', 'label', 'name', 'code', 'event', 'to', 'role', 'account', 'category']
const NO_FACTS = { vocabulary: {}, titles: {} }

/** What an entry is called: by its title or name, and by its condition where it has one. */
function useSummary(field: Field, value: unknown): string {
  const { kind, names } = useForm()
  const condition =
    field.kind === 'object' ? field.parts.find((part) => part.field.kind === 'condition') : null
  const facts = condition?.field.kind === 'condition' ? condition.field.facts : NO_FACTS
  const words = useConditionWords(facts, kind)
  if (!isRecord(value)) return String(value)
  const title = TITLES.map((name) => value[name]).find((each) => typeof each === 'string' && each !== '')
  const shown = title === undefined ? [] : [names.valueOf(String(title))]
  const given = condition ? value[condition.name] : undefined
  if (condition && given !== null) shown.push(conditionInWords(given, facts, words))
  if (shown.length > 0) return shown.join(' · ')
  const scalars = Object.entries(value).filter(([, each]) => typeof each !== 'object')
  return scalars.map(([name, each]) => `${names.fieldOf(name)} ${names.valueOf(String(each))}`).join(' · ')
}
