import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { ChangeDetail } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { Section } from '../components/section.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { type ChangeAction, changeActions } from './change-options.ts'

const NOTE_CHARACTERS = 500
/** Those that are explained by a sentence of whoever does it. */
const NOTED: readonly ChangeAction[] = ['withdraw', 'abandon']

/** What can be done with a request outside the inbox: by whoever asked for it, or, where it could not be applied, by who runs the hub. */
export function ChangeActions({ change }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  const { userName, role } = usePerson()
  const id = useId()
  const [note, setNote] = useState('')
  const act = useChangeAct(change.changeId)
  const actions = changeActions(change, {
    isApplicant: change.applicant === userName,
    maySettle: isOffered('settleFailedChanges', role),
  })
  if (actions.length === 0) return null
  return (
    <Section title={t('changeAction.title')}>
      {actions.some((action) => NOTED.includes(action)) && (
        <div className="field">
          <label htmlFor={id}>{t('changeAction.note')}</label>
          <Input
            id={id}
            maxLength={NOTE_CHARACTERS}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        </div>
      )}
      <div className="row-line">
        {actions.map((action) =>
          action === 'resubmit' ? (
            <Link
              key={action}
              to="/orders/$orderId/change"
              params={{ orderId: change.orderId }}
              search={{ type: change.type, changeId: change.changeId }}
            >
              <Button type="primary">{t('changeAction.resubmit')}</Button>
            </Link>
          ) : (
            <ActionButton
              key={action}
              label={t(`changeAction.${action}`)}
              danger={action === 'abandon'}
              {...(action === 'retry' ? {} : { confirm: t(`changeAction.${action}Confirm`) })}
              act={() => act(action, note.trim())}
            />
          ),
        )}
      </div>
    </Section>
  )
}

/** Pressed again after an answer that was lost, the same goes out under the same key. */
function useChangeAct(changeId: string) {
  const once = useOperation()
  const queries = useQueryClient()
  return async (action: Exclude<ChangeAction, 'resubmit'>, note: string) => {
    await once({ action, note }, (header) => {
      const params = { path: { changeId }, header }
      switch (action) {
        case 'retry':
          return client.POST('/v1/change-requests/{changeId}/retry', { params })
        case 'withdraw':
          return client.POST('/v1/change-requests/{changeId}/withdrawal', { params, body: { note } })
        case 'abandon':
          return client.POST('/v1/change-requests/{changeId}/abandonment', { params, body: { note } })
      }
    })
    void queries.invalidateQueries({ queryKey: ['get', '/v1/change-requests/{changeId}'] })
    void queries.invalidateQueries({ queryKey: ['get', '/v1/change-requests'] })
  }
}
