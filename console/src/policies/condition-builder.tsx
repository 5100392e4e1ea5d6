import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined } from '@ant-design/icons'
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { QueryBuilderDnD } from '@react-querybuilder/dnd'
import { createPragmaticDndAdapter } from '@react-querybuilder/dnd/pragmatic-dnd'
import { Button, Input, InputNumber, Select, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type ActionProps,
  type Field,
  type MatchModeEditorProps,
  type NotToggleProps,
  QueryBuilder,
  type ShiftActionsProps,
  toFlatOptionArray,
  type ValueEditorProps,
  type VersatileSelectorProps,
} from 'react-querybuilder'
import type { FactType, Vocabulary } from '../../../domain/conditions.ts'
import type { ConditionWords } from './condition-words.ts'
import { type Group, LOOP_MODES, operatorsOf, toLogic } from './conditions.ts'
import 'react-querybuilder/dist/query-builder-layout.css'

type Props = {
  group: Group
  facts: Vocabulary
  words: ConditionWords
  isOff: boolean
  /** With null while something is not filled in. */
  onChange: (logic: unknown) => void
}

const dnd = createPragmaticDndAdapter({ draggable, dropTargetForElements, monitorForElements, combine })

/**
 * A condition to be clicked together: groups of comparisons, each dragged to its place or moved there with its arrows. The tree is kept here while it is edited, with
 * the identities that the library gives its parts; what is told is the JsonLogic.
 */
export function ConditionBuilder({ group, facts, words, isOff, onChange }: Props) {
  const { t } = useTranslation()
  const [query, setQuery] = useState(group)
  return (
    <QueryBuilderDnD dnd={dnd}>
      <QueryBuilder
        fields={fieldsOf(facts, words)}
        combinators={[
          { name: 'and', label: words.and },
          { name: 'or', label: words.or },
        ]}
        query={query}
        onQueryChange={(next) => {
          const tree = next as Group // made of the fields and operators that it was given
          setQuery(tree)
          onChange(toLogic(tree, facts))
        }}
        controlElements={CONTROLS}
        translations={{
          fields: { title: t('conditions.fact') },
          operators: { title: t('conditions.operator') },
          value: { title: t('conditions.value') },
          combinators: { title: t('conditions.combinator') },
          matchMode: { title: t('conditions.loop') },
          addRule: { label: t('conditions.addRule'), title: t('conditions.addRule') },
          addGroup: { label: t('conditions.addGroup'), title: t('conditions.addGroup') },
          removeRule: { label: '', title: t('conditions.remove') },
          removeGroup: { label: '', title: t('conditions.removeGroup') },
          dragHandle: { label: '⠿', title: t('conditions.drag') },
          notToggle: { label: words.not, title: t('conditions.negate') },
          shiftActionUp: { label: '', title: t('conditions.up') },
          shiftActionDown: { label: '', title: t('conditions.down') },
        }}
        disabled={isOff}
        showNotToggle
        showShiftActions
        resetOnFieldChange
        addRuleToNewGroups
      />
    </QueryBuilderDnD>
  )
}

function fieldsOf(facts: Vocabulary, words: ConditionWords): Field[] {
  return Object.entries(facts).map(([name, type]) => ({
    name,
    value: name,
    label: words.factOf(name),
    factType: type,
    operators: operatorsOf(type).map((operator) => ({
      name: operator,
      value: operator,
      label: words.operatorOf(operator),
    })),
    ...startOf(type),
    ...(typeof type === 'string'
      ? {}
      : {
          matchModes: LOOP_MODES.map((mode) => ({ name: mode, value: mode, label: words.loopOf(mode) })),
          subproperties: fieldsOf(type.itemsOf, words),
        }),
  }))
}

/** A flag that was just chosen is asked for; anything else is to be filled in. */
const startOf = (type: FactType) => (type === 'boolean' ? { defaultValue: true } : { defaultValue: '' })

function Choice({ options, value, handleOnChange, title, disabled }: VersatileSelectorProps) {
  return (
    <Select
      size="small"
      popupMatchSelectWidth={false}
      showSearch={{ optionFilterProp: 'label' }}
      aria-label={title}
      value={value ?? null}
      disabled={disabled === true}
      onChange={(chosen: string) => handleOnChange(chosen)}
      options={toFlatOptionArray(options).map(({ name, label }) => ({ value: name, label }))}
    />
  )
}

function Value({ value, handleOnChange, title, disabled, fieldData, operator }: ValueEditorProps) {
  const { t } = useTranslation()
  const type = fieldData.factType
  if (type === 'boolean')
    return (
      <Switch
        size="small"
        aria-label={title}
        disabled={disabled === true}
        checked={value === true}
        checkedChildren={t('policies.yes')}
        unCheckedChildren={t('policies.no')}
        onChange={(checked) => handleOnChange(checked)}
      />
    )
  const isList = operator === 'in' || operator === 'notIn' || operator === 'between'
  if (type === 'number' && !isList)
    return (
      <InputNumber
        size="small"
        aria-label={title}
        disabled={disabled === true}
        value={typeof value === 'number' ? value : null}
        onChange={(number) => handleOnChange(number ?? '')}
      />
    )
  return (
    <Input
      size="small"
      className="filter"
      aria-label={title}
      disabled={disabled === true}
      value={String(value)}
      placeholder={isList ? t(operator === 'between' ? 'conditions.twoNumbers' : 'conditions.list') : ''}
      onChange={({ target }) => handleOnChange(target.value)}
    />
  )
}

function Loop({ match, options, handleOnChange, title, disabled }: MatchModeEditorProps) {
  return (
    <Select
      size="small"
      aria-label={title}
      disabled={disabled === true}
      value={match.mode}
      onChange={(mode: string) => handleOnChange({ mode })}
      options={options.map((option) => ({
        value: 'name' in option ? option.name : option.label,
        label: option.label,
      }))}
    />
  )
}

function Add({ label, handleOnClick, disabled }: ActionProps) {
  return (
    <Button size="small" disabled={disabled === true} onClick={(event) => handleOnClick(event)}>
      {label}
    </Button>
  )
}

function Remove({ title, handleOnClick, disabled }: ActionProps) {
  return (
    <Button
      size="small"
      type="text"
      icon={<DeleteOutlined />}
      aria-label={title}
      title={title}
      disabled={disabled === true}
      onClick={(event) => handleOnClick(event)}
    />
  )
}

function Not({ checked, handleOnChange, label, title, disabled }: NotToggleProps) {
  return (
    <Switch
      size="small"
      aria-label={title}
      disabled={disabled === true}
      checked={checked === true}
      checkedChildren={label}
      unCheckedChildren={label}
      onChange={(isOn) => handleOnChange(isOn)}
    />
  )
}

function Shift({
  titles,
  shiftUp,
  shiftDown,
  shiftUpDisabled,
  shiftDownDisabled,
  disabled,
}: ShiftActionsProps) {
  return (
    <>
      <Button
        size="small"
        type="text"
        icon={<ArrowUpOutlined />}
        aria-label={titles?.shiftUp}
        disabled={disabled === true || shiftUpDisabled === true}
        onClick={() => shiftUp?.()}
      />
      <Button
        size="small"
        type="text"
        icon={<ArrowDownOutlined />}
        aria-label={titles?.shiftDown}
        disabled={disabled === true || shiftDownDisabled === true}
        onClick={() => shiftDown?.()}
      />
    </>
  )
}

const CONTROLS = {
  addGroupAction: Add,
  addRuleAction: Add,
  removeGroupAction: Remove,
  removeRuleAction: Remove,
  combinatorSelector: Choice,
  fieldSelector: Choice,
  operatorSelector: Choice,
  matchModeEditor: Loop,
  notToggle: Not,
  shiftActions: Shift,
  valueEditor: Value,
}
