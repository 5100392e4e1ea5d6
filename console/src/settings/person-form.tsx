import { useMutation } from '@tanstack/react-query'
import { Button, Input, Select, Space } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ROLES } from '../../../domain/role.ts'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import type { Account, Role } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { usePerson } from '../session/session.ts'
import { SHORTEST_PASSWORD } from './password-form.tsx'
import { changesOf, type PersonDraft, scopeFieldsOf } from './person-draft.ts'
import { SecretField } from './secret-field.tsx'

const NAME_CHARACTERS = 64

/** Somebody new, or what somebody may do from now on. */
export function PersonForm({ account, onDone }: { account: Account | null; onDone: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const { accountId: ownId } = usePerson()
  const { options: stores } = useNames('/v1/stores')
  const [draft, setDraft] = useState<PersonDraft>({
    userName: account?.userName ?? '',
    displayName: account?.displayName ?? '',
    role: account?.role ?? 'clerk',
    storeIds: account?.storeIds ?? [],
    region: account?.region ?? '',
    password: '',
  })
  const set = (part: Partial<PersonDraft>) => setDraft({ ...draft, ...part })
  const isOwn = account?.accountId === ownId
  const scope = scopeFieldsOf(draft.role)
  const send = useMutation({
    mutationFn: async () => {
      const { userName, ...changes } = changesOf(draft)
      if (account === null)
        return client.POST('/v1/accounts', { body: { ...changes, userName, password: draft.password } })
      const { displayName } = changes
      return client.PATCH('/v1/accounts/{userName}', {
        params: { path: { userName: account.userName } },
        // What one may do oneself, somebody else changes.
        body: isOwn ? { displayName } : changes,
      })
    },
    onSuccess: onDone,
  })
  const isWhole =
    draft.userName.trim() !== '' &&
    draft.displayName.trim() !== '' &&
    (account !== null || draft.password.length >= SHORTEST_PASSWORD)
  return (
    <>
      <form
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole) send.mutate()
        }}
      >
        {(['userName', 'displayName'] as const).map((name) => (
          <div key={name} className="field narrow">
            <label htmlFor={`${id}-${name}`}>
              {t(name === 'userName' ? 'session.userName' : 'account.displayName')}
            </label>
            <Input
              id={`${id}-${name}`}
              maxLength={NAME_CHARACTERS}
              disabled={name === 'userName' && account !== null}
              value={draft[name]}
              onChange={({ target: { value } }) =>
                set(name === 'userName' ? { userName: value } : { displayName: value })
              }
            />
          </div>
        ))}
        <div className="field narrow">
          <label htmlFor={`${id}-role`}>{t('account.role')}</label>
          <Select<Role>
            id={`${id}-role`}
            disabled={isOwn}
            value={draft.role}
            onChange={(role) => set({ role })}
            options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
          />
        </div>
        {scope.includes('storeIds') && (
          <div className="field narrow">
            <label htmlFor={`${id}-stores`}>{t('account.stores')}</label>
            <Select
              id={`${id}-stores`}
              mode="multiple"
              disabled={isOwn}
              showSearch={{ optionFilterProp: 'label' }}
              value={draft.storeIds}
              onChange={(storeIds) => set({ storeIds })}
              options={stores}
            />
          </div>
        )}
        {scope.includes('region') && (
          <div className="field narrow">
            <label htmlFor={`${id}-region`}>{t('account.region')}</label>
            <Input
              id={`${id}-region`}
              maxLength={NAME_CHARACTERS}
              disabled={isOwn}
              value={draft.region}
              onChange={({ target }) => set({ region: target.value })}
            />
          </div>
        )}
        {account === null && (
          <SecretField
            label={`${t('account.firstPassword')} ${t('account.passwordHint', { count: SHORTEST_PASSWORD })}`}
            value={draft.password}
            onChange={(password) => set({ password })}
          />
        )}
        <Button type="primary" htmlType="submit" disabled={!isWhole} loading={send.isPending}>
          {t(account === null ? 'account.create' : 'account.save')}
        </Button>
        {send.error && <ProblemText error={send.error} />}
      </form>
      {account !== null && !isOwn && <Access account={account} onDone={onDone} />}
    </>
  )
}

type PatchBody = {
  active?: boolean
  password?: string
  unlock?: true
  resetSecondFactor?: true
  releaseOidc?: true
}

/** Unlocking, a new password, and the end of it all. */
function Access({ account, onDone }: { account: Account; onDone: () => void }) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const path = { userName: account.userName }
  const patch = (body: PatchBody) => client.PATCH('/v1/accounts/{userName}', { params: { path }, body })
  return (
    <>
      <SecretField
        label={`${t('account.newPassword')} ${t('account.passwordHint', { count: SHORTEST_PASSWORD })}`}
        value={password}
        onChange={setPassword}
      />
      <Space wrap align="start">
        <ActionButton
          label={t('account.setPassword')}
          disabled={password.length < SHORTEST_PASSWORD}
          act={() => patch({ password })}
          onDone={onDone}
        />
        {account.lockedUntil !== null && (
          <ActionButton label={t('account.unlock')} act={() => patch({ unlock: true })} onDone={onDone} />
        )}
        {account.secondFactor && (
          <ActionButton
            label={t('secondFactor.reset')}
            confirm={t('secondFactor.resetHint')}
            act={() => patch({ resetSecondFactor: true })}
            onDone={onDone}
          />
        )}
        {account.oidc && (
          <ActionButton
            label={t('oidc.release')}
            confirm={t('oidc.releaseHint')}
            act={() => patch({ releaseOidc: true })}
            onDone={onDone}
          />
        )}
        <ActionButton
          label={t(account.active ? 'account.deactivate' : 'account.activate')}
          danger={account.active}
          {...(account.active ? { confirm: t('account.deactivateHint') } : {})}
          act={() => patch({ active: !account.active })}
          onDone={onDone}
        />
      </Space>
    </>
  )
}
