import { CheckOutlined, CloseOutlined } from '@ant-design/icons'
import { Button, Input, type InputRef } from 'antd'
import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChangeDetail } from '../api/types.ts'
import { isTyping } from '../components/keyboard.ts'
import { useDecisionQueue } from './decisions.tsx'

const NOTE_CHARACTERS = 500

type Props = { change: ChangeDetail; onDecided: () => void }

/** One tap approves; a rejection asks for its reason first. Both can be undone for a moment. */
export function DecisionForm({ change, onDecided }: Props) {
  const { t } = useTranslation()
  const queue = useDecisionQueue()
  const [isRejecting, setRejecting] = useState(false)
  const [note, setNote] = useState('')
  const [isMissing, setMissing] = useState(false)
  const field = useRef<InputRef>(null)

  const decide = (decision: 'approve' | 'reject') => {
    if (decision === 'reject' && note.trim() === '') {
      setRejecting(true)
      setMissing(isRejecting)
      return
    }
    const { changeId, changeNumber, requestVersion, stepNumber, orderVersion } = change
    queue.add({
      changeId,
      changeNumber,
      decision,
      note: note.trim(),
      requestVersion,
      stepNumber,
      orderVersion,
    })
    onDecided()
  }
  useDecisionKeys({ approve: () => decide('approve'), reject: () => setRejecting(true) })
  useEffect(() => {
    if (isRejecting) field.current?.focus()
  }, [isRejecting])

  const onKeyDown = (event: ReactKeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) decide('reject')
    if (event.key !== 'Escape') return
    setRejecting(false)
    setMissing(false)
  }
  return (
    <section className="decision-bar" aria-label={t('approvals.title')}>
      {isRejecting && (
        <div className="decision-reason">
          <label htmlFor="rejection">{t('approvals.reason')}</label>
          <Input.TextArea
            id="rejection"
            ref={field}
            value={note}
            maxLength={NOTE_CHARACTERS}
            autoSize={{ minRows: 2, maxRows: 5 }}
            placeholder={t('approvals.reasonHint')}
            aria-required
            aria-invalid={isMissing}
            {...(isMissing ? { status: 'error' as const, 'aria-describedby': 'rejection-missing' } : {})}
            onChange={({ target }) => {
              setNote(target.value)
              setMissing(false)
            }}
            onKeyDown={onKeyDown}
          />
          {isMissing && (
            <div id="rejection-missing" role="alert" className="late">
              {t('approvals.reasonRequired')}
            </div>
          )}
        </div>
      )}
      <div className="decision-buttons">
        {isRejecting && (
          <Button size="large" onClick={() => setRejecting(false)}>
            {t('common.cancel')}
          </Button>
        )}
        <Button size="large" danger icon={<CloseOutlined />} onClick={() => decide('reject')}>
          {t(isRejecting ? 'approvals.confirmReject' : 'approvals.reject')}
        </Button>
        {!isRejecting && (
          <Button size="large" type="primary" icon={<CheckOutlined />} onClick={() => decide('approve')}>
            {t('approvals.approve')}
          </Button>
        )}
      </div>
    </section>
  )
}

/** A approves, R begins a rejection. */
function useDecisionKeys(act: { approve: () => void; reject: () => void }): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      const key = event.key.toLowerCase()
      if (key !== 'a' && key !== 'r') return
      // Otherwise the R would be the first letter of its own reason.
      event.preventDefault()
      if (key === 'a') latest.current.approve()
      else latest.current.reject()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
