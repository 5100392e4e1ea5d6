import { useMutation } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { Button, Checkbox, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import { pickText } from '../format/bilingual.ts'
import { usePerson } from '../session/session.ts'
import { ActionButton } from './action-button.tsx'
import type { SavedViewsProps } from './saved-views.tsx'
import { viewSearchOf } from './view-search.ts'

const NAME_CHARACTERS = 60
/** As many as the API lets one have, and as many that others share. */
const SHOWN = 200

/** The views that there are, each a link, which shows to everybody what they may see; and the form for another one. */
export function SavedViewList({ screen, linkOf }: SavedViewsProps) {
  const { t } = useTranslation()
  const views = api.useQuery('get', '/v1/saved-views', { params: { query: { screen, limit: SHOWN } } })
  const { role } = usePerson()
  return (
    <>
      {views.data?.items.map(({ viewId, name, search, isMine, isShared, owner }) => (
        <div key={viewId} className="row-line">
          {linkOf(search, name)}
          {isShared && <span className="quiet">{t('views.sharedBy', { name: owner })}</span>}
          {(isMine || role === 'admin') && (
            <ActionButton
              size="small"
              type="text"
              label={t('views.remove')}
              act={() => client.DELETE('/v1/saved-views/{viewId}', { params: { path: { viewId } } })}
              onDone={() => void views.refetch()}
            />
          )}
        </div>
      ))}
      {views.data?.items.length === 0 && <span className="quiet">{t('views.none')}</span>}
      <SaveForm screen={screen} onSaved={() => void views.refetch()} />
    </>
  )
}

function SaveForm({ screen, onSaved }: { screen: string; onSaved: () => void }) {
  const { t, i18n } = useTranslation()
  const id = useId()
  const { search } = useLocation()
  const [draft, setDraft] = useState({ name: '', isShared: false })
  const save = useMutation({
    mutationFn: () =>
      client.POST('/v1/saved-views', {
        body: { screen, search: viewSearchOf(search), isShared: draft.isShared, name: draft.name.trim() },
      }),
    onSuccess: () => {
      setDraft({ name: '', isShared: false })
      onSaved()
    },
  })
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        if (draft.name.trim() !== '') save.mutate()
      }}
    >
      <label htmlFor={id}>{t('views.name')}</label>
      <Input
        id={id}
        maxLength={NAME_CHARACTERS}
        value={draft.name}
        onChange={({ target }) => setDraft({ ...draft, name: target.value })}
      />
      <Checkbox
        checked={draft.isShared}
        onChange={({ target }) => setDraft({ ...draft, isShared: target.checked })}
      >
        {t('views.share')}
      </Checkbox>
      <Button htmlType="submit" disabled={draft.name.trim() === ''} loading={save.isPending}>
        {t('views.save')}
      </Button>
      {save.error && (
        <span role="alert" className="late">
          {pickText(problemOf(save.error).title, i18n.language)}
        </span>
      )}
    </form>
  )
}
