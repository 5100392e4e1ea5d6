import { Checkbox, Input, InputNumber, Select } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { formatCents } from '../format/money.ts'
import { formatDuration } from '../format/time.ts'
import { ConditionField, JsonField } from './condition-field.tsx'
import { type FieldProps, useForm } from './form-context.ts'
import { ListField } from './list-field.tsx'
import { RecordField } from './record-field.tsx'
import { emptyOf, type Field, isRecord, optionOf, type Part, wordsOf } from './schema.ts'

/** One part of a document, by what its schema says that it is; the parts within it by the same. */
export function SchemaField({ field, ...props }: FieldProps) {
  switch (field.kind) {
    case 'object':
      return <ObjectField {...props} field={field} />
    case 'record':
      return <RecordField {...props} field={field} />
    case 'list':
      return <ListField {...props} field={field} />
    case 'nullable':
      return <NullableField {...props} field={field} />
    case 'either':
      return <EitherField {...props} field={field} />
    case 'constant':
      return null
    default:
      return <SimpleField {...props} field={field} />
  }
}

/** The parts of an object; those that tell shapes apart are chosen where the shape is. */
export function ObjectField({ name, field, value, onChange }: FieldProps<'object'>) {
  const { names } = useForm()
  const present = isRecord(value) ? value : {}
  const parts = (
    <div className="form-parts">
      {field.parts.map((part) => (
        <SchemaField
          key={part.name}
          name={part.name}
          field={shownField(part)}
          value={part.name in present ? present[part.name] : startOf(part)}
          onChange={(next) => onChange(withPart(present, part, next))}
        />
      ))}
    </div>
  )
  if (name === '') return parts
  return (
    <fieldset className="form-group">
      <legend>{names.fieldOf(name)}</legend>
      {parts}
    </fieldset>
  )
}

/** A part that may be left out is shown with a box to have it at all, unless it has a value of its own for that. */
function shownField({ field, isRequired }: Part): Field {
  const canBeLeftOut = !isRequired && field.fallback === undefined && field.kind !== 'nullable'
  return canBeLeftOut ? { kind: 'nullable', field, fallback: undefined } : field
}
const startOf = ({ field, isRequired }: Part) =>
  field.fallback !== undefined ? field.fallback : isRequired ? emptyOf(field) : null

function withPart(present: Readonly<Record<string, unknown>>, part: Part, next: unknown) {
  const isLeftOut = next === null && part.field.kind !== 'nullable'
  if (!isLeftOut) return { ...present, [part.name]: next }
  return Object.fromEntries(Object.entries(present).filter(([name]) => name !== part.name))
}

function NullableField({ name, field, value, onChange }: FieldProps<'nullable'>) {
  const { t } = useTranslation()
  const { names, isOff } = useForm()
  const isGiven = value !== null && value !== undefined
  return (
    <div className="form-nullable">
      <Checkbox
        checked={isGiven}
        disabled={isOff}
        onChange={({ target }) => onChange(target.checked ? emptyOf(field.field) : null)}
      >
        {names.fieldOf(name)}
        {!isGiven && <span className="quiet"> · {t('policies.notSet')}</span>}
      </Checkbox>
      {isGiven && <SchemaField name={name} field={field.field} value={value} onChange={onChange} />}
    </div>
  )
}

function EitherField({ name, label, field, value, onChange }: FieldProps<'either'>) {
  const { names, isOff } = useForm()
  const id = useId()
  const at = optionOf(field.options, value)
  const option = field.options[at]
  return (
    <div className="form-either">
      <div className="field">
        {name !== '' && <label htmlFor={id}>{names.fieldOf(name)}</label>}
        <Select
          id={id}
          {...(name === '' ? { 'aria-label': label } : {})}
          disabled={isOff}
          value={at === -1 ? null : at}
          onChange={(index: number) => {
            const chosen = field.options[index]
            if (chosen) onChange(emptyOf(chosen))
          }}
          options={field.options.map((each, index) => ({ value: index, label: optionName(each, names) }))}
        />
      </div>
      {option && (
        <SchemaField
          name=""
          label={label ?? names.fieldOf(name)}
          field={option}
          value={value}
          onChange={onChange}
        />
      )}
    </div>
  )
}

function optionName(option: Field, names: ReturnType<typeof useForm>['names']): string {
  const shown = wordsOf(option).map((word) => {
    const value = names.valueOf(word)
    return value === word ? names.fieldOf(word) : value
  })
  return shown.join(' · ')
}

/** A single value under its name. */
function SimpleField({ name, label, field, value, onChange }: FieldProps) {
  const { names } = useForm()
  const id = useId()
  const text = name === '' ? (label ?? '') : names.fieldOf(name)
  if (field.kind === 'flag') return <Flag label={text} value={value} onChange={onChange} />
  const control = { name, field, value, onChange, id, label: name === '' ? label : undefined }
  if (field.kind === 'condition')
    return (
      <div className="field form-wide">
        <span>{text}</span>
        <Control {...control} />
      </div>
    )
  return (
    <div className="field">
      {name !== '' && <label htmlFor={id}>{text}</label>}
      <Control {...control} />
    </div>
  )
}

function Flag({
  label,
  value,
  onChange,
}: {
  label: string
  value: unknown
  onChange: (value: unknown) => void
}) {
  const { isOff } = useForm()
  return (
    <Checkbox
      className="form-flag"
      checked={value === true}
      disabled={isOff}
      onChange={({ target }) => onChange(target.checked)}
    >
      {label}
    </Checkbox>
  )
}

/** What is typed or chosen for one value. */
function Control({ id, name, label, field, value, onChange }: FieldProps & { id: string }) {
  const { names, isOff } = useForm()
  const spoken = label === undefined ? {} : { 'aria-label': label }
  switch (field.kind) {
    case 'condition':
      return <ConditionField value={value} facts={field.facts} onChange={onChange} />
    case 'choice':
      return (
        <Select
          id={id}
          {...spoken}
          disabled={isOff}
          showSearch={{ optionFilterProp: 'label' }}
          value={String(value ?? '')}
          onChange={(chosen: string) => onChange(chosen)}
          options={field.values.map((each) => ({ value: each, label: names.valueOf(each) }))}
        />
      )
    case 'number':
      return (
        <NumberControl id={id} name={name} label={label} field={field} value={value} onChange={onChange} />
      )
    case 'text':
      return (
        <Input
          id={id}
          {...spoken}
          disabled={isOff}
          value={String(value ?? '')}
          {...(field.maxCharacters === null ? {} : { maxLength: field.maxCharacters })}
          onChange={({ target }) => onChange(target.value)}
        />
      )
    default:
      return (
        <JsonField label={label ?? names.fieldOf(name)} value={value} isOff={isOff} onChange={onChange} />
      )
  }
}

/** A number, and what it is in units that people think in. */
function NumberControl({ id, name, label, field, value, onChange }: FieldProps<'number'> & { id: string }) {
  const { isOff } = useForm()
  const { i18n } = useTranslation()
  const number = typeof value === 'number' ? value : null
  return (
    <div className="form-number">
      <InputNumber
        id={id}
        {...(label === undefined ? {} : { 'aria-label': label })}
        disabled={isOff}
        value={number}
        {...(field.minimum === null ? {} : { min: field.minimum })}
        {...(field.maximum === null ? {} : { max: field.maximum })}
        {...(field.isWhole ? { precision: 0 } : {})}
        onChange={(next) => onChange(next)}
      />
      {number !== null && <span className="quiet">{meaningOf(name, number, i18n.language)}</span>}
    </div>
  )
}

function meaningOf(name: string, number: number, language: string): string {
  if (/seconds$/i.test(name) && number >= 60) return formatDuration(number, language)
  return /cents/i.test(name) ? formatCents(number) : ''
}
