import { Popconfirm } from 'antd'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  /** What somebody agrees to. */
  title: string
  okText: string
  isDangerous?: boolean
  onConfirm: () => void
  /** The button that asks. */
  children: ReactNode
}

/**
 * Asks before what cannot be taken back. Whoever has only keys comes from the button to the question, to the safe answer first, and with either
 * answer or Esc back to the button.
 */
export function Confirm({ title, okText, isDangerous = false, onConfirm, children }: Props) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const opener = useRef<Element | null>(null)
  const back = () => {
    setOpen(false)
    if (opener.current instanceof HTMLElement) opener.current.focus()
  }
  const change = (next: boolean) => {
    if (next) opener.current = document.activeElement
    // By Esc; whoever presses elsewhere has taken the focus there.
    else if (document.activeElement?.closest('[role="tooltip"]')) return back()
    setOpen(next)
  }
  return (
    <Popconfirm
      open={isOpen}
      onOpenChange={change}
      destroyOnHidden
      title={title}
      okText={okText}
      cancelText={t('common.cancel')}
      cancelButtonProps={{ autoFocus: true }}
      okButtonProps={isDangerous ? { danger: true } : {}}
      onCancel={back}
      onConfirm={() => {
        back()
        onConfirm()
      }}
    >
      {children}
    </Popconfirm>
  )
}
