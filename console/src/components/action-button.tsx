import { useMutation } from '@tanstack/react-query'
import { Button, type ButtonProps } from 'antd'
import { useTranslation } from 'react-i18next'
import { type OperationHeader, useOperation } from '../api/operation.ts'
import { problemOf } from '../api/problem.ts'
import { pickText } from '../format/bilingual.ts'
import { Confirm } from './confirm.tsx'

type Props = {
  /** Carries it out, under one key until it is done; what it throws is shown beside the button. */
  act: (header: OperationHeader) => Promise<unknown>
  /** What is sent with it, where that may be another one at the next press. */
  content?: unknown
  onDone?: () => void
  label: string
  /** What somebody agrees to first, for what cannot be taken back. */
  confirm?: string
} & Pick<ButtonProps, 'size' | 'type' | 'danger' | 'disabled' | 'icon'>

/** One thing to do at a press, which says whether it went well. */
export function ActionButton({ act, content = null, onDone, label, confirm, ...look }: Props) {
  const { t, i18n } = useTranslation()
  const once = useOperation()
  const run = useMutation({
    mutationFn: () => once(content, act),
    ...(onDone ? { onSuccess: onDone } : {}),
  })
  const press = () => run.mutate()
  const button = (
    <Button {...look} loading={run.isPending} {...(confirm === undefined ? { onClick: press } : {})}>
      {label}
    </Button>
  )
  return (
    <>
      {confirm === undefined ? (
        button
      ) : (
        <Confirm title={confirm} okText={label} isDangerous={look.danger === true} onConfirm={press}>
          {button}
        </Confirm>
      )}
      {run.isSuccess && (
        <span role="status" className="quiet">
          {' '}
          {t('common.done')}
        </span>
      )}
      {run.error && (
        <div role="alert" className="late">
          {pickText(problemOf(run.error).title, i18n.language)}
        </div>
      )}
    </>
  )
}
