import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Input, QRCode } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { Moment } from '../components/moment.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { Failure, Loading } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { SecretField } from './secret-field.tsx'

const PATH = '/v1/session/second-factor'
/** A recovery code with its dashes. */
const CODE_CHARACTERS = 19

/** A code of a device besides the password: set up with it in hand, and switched off by it. */
export function SecondFactor() {
  const { t } = useTranslation()
  const state = api.useQuery('get', PATH)
  const [codes, setCodes] = useState<readonly string[]>([])
  const look = () => void state.refetch()
  return (
    <Section
      title={t('secondFactor.title')}
      extra={
        state.data && (
          <Tag tone={state.data.state === 'on' ? 'green' : 'grey'}>
            {t(`secondFactor.${state.data.state}`)}
          </Tag>
        )
      }
    >
      {state.isPending && <Loading />}
      {state.isError && <Failure error={state.error} onRetry={look} />}
      {codes.length > 0 && <RecoveryCodes codes={codes} onStored={() => setCodes([])} />}
      {state.data?.state === 'on' && (
        <>
          <p>
            {t('secondFactor.since')} <Moment at={state.data.since} /> ·{' '}
            {t('secondFactor.left', { count: state.data.recoveryCodesLeft })}
          </p>
          <Removal onDone={look} />
        </>
      )}
      {state.data?.state === 'off' && (
        <SetUp
          onDone={(made) => {
            setCodes(made)
            look()
          }}
        />
      )}
    </Section>
  )
}

function RecoveryCodes({ codes, onStored }: { codes: readonly string[]; onStored: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert
      type="warning"
      showIcon
      role="status"
      title={t('secondFactor.recoveryHint')}
      description={
        <ul className="recovery-codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
      }
      action={<Button onClick={onStored}>{t('apiKey.stored')}</Button>}
    />
  )
}

/** First the password, then the device is shown the secret, then it shows that it has it. */
function SetUp({ onDone }: { onDone: (recoveryCodes: readonly string[]) => void }) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const begin = useMutation({
    mutationFn: async () => {
      const { data } = await client.POST(PATH, { body: { password } })
      if (!data) throw new Error('the API made no secret')
      return data
    },
    gcTime: 0,
    onSuccess: () => setPassword(''),
  })
  const confirm = useMutation({
    mutationFn: async () => {
      const { data } = await client.POST(`${PATH}/confirmation`, { body: { code: code.trim() } })
      return data?.recoveryCodes ?? []
    },
    gcTime: 0,
    onSuccess: onDone,
  })
  if (!begin.data)
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (password !== '') begin.mutate()
        }}
      >
        <p className="quiet">{t('secondFactor.hint')}</p>
        <SecretField label={t('account.currentPassword')} isCurrent value={password} onChange={setPassword} />
        <Button htmlType="submit" disabled={password === ''} loading={begin.isPending}>
          {t('secondFactor.begin')}
        </Button>
        {begin.error && <ProblemText error={begin.error} />}
      </form>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (code.trim() !== '') confirm.mutate()
      }}
    >
      <p>{t('secondFactor.scan')}</p>
      {/* Drawn here: nobody else is shown the secret. */}
      <QRCode value={begin.data.uri} type="svg" />
      <p>
        <code className="secret">{begin.data.secret}</code>
      </p>
      <CodeField value={code} onChange={setCode} />
      <Button type="primary" htmlType="submit" disabled={code.trim() === ''} loading={confirm.isPending}>
        {t('secondFactor.confirm')}
      </Button>
      {confirm.error && <ProblemText error={confirm.error} />}
    </form>
  )
}

function Removal({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState({ password: '', code: '' })
  const remove = useMutation({
    mutationFn: () =>
      client.POST(`${PATH}/removal`, { body: { password: typed.password, code: typed.code.trim() } }),
    onSuccess: onDone,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        remove.mutate()
      }}
    >
      <SecretField
        label={t('session.password')}
        isCurrent
        value={typed.password}
        onChange={(password) => setTyped({ ...typed, password })}
      />
      <CodeField value={typed.code} onChange={(code) => setTyped({ ...typed, code })} />
      <Button
        danger
        htmlType="submit"
        disabled={typed.password === '' || typed.code.trim() === ''}
        loading={remove.isPending}
      >
        {t('secondFactor.remove')}
      </Button>
      {remove.error && <ProblemText error={remove.error} />}
    </form>
  )
}

function CodeField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div className="field narrow">
      <label htmlFor={id}>{t('session.code')}</label>
      <Input
        id={id}
        autoComplete="one-time-code"
        maxLength={CODE_CHARACTERS}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  )
}
