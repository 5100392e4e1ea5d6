import { Alert, Button, Form } from 'antd'
// By themselves: the library's `Input` brings every other kind of field to the first screen of all.
import TextField from 'antd/es/input/Input'
import Password from 'antd/es/input/Password'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { problemOf } from '../api/problem.ts'
import { pickText } from '../format/bilingual.ts'
import { useSignIn } from './session.ts'

/** User name and password. `userName` is filled in where a session has ended. */
export function SignInForm({ userName = '', onDone }: { userName?: string; onDone?: () => void }) {
  const { t, i18n } = useTranslation()
  const signIn = useSignIn()
  const failed = signIn.error ? problemOf(signIn.error).code : null
  const asksForCode = failed === 'second-factor-needed'
  // Asked for once, the field stays: whoever mistyped the code types it again.
  const [isCodeNeeded, setCodeNeeded] = useState(false)
  if ((asksForCode || failed === 'wrong-code') && !isCodeNeeded) setCodeNeeded(true)
  const required = (field: string) => [{ required: true, message: t('session.required', { field }) }]
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={{ userName, password: '' }}
      onFinish={({ code, ...values }: { userName: string; password: string; code?: string }) =>
        signIn.mutate(
          code === undefined || code.trim() === '' ? values : { ...values, code: code.trim() },
          onDone ? { onSuccess: onDone } : {},
        )
      }
    >
      {signIn.error && (
        <Alert
          type={asksForCode ? 'info' : 'error'}
          showIcon
          role="alert"
          style={{ marginBottom: 16 }}
          title={pickText(problemOf(signIn.error).title, i18n.language)}
        />
      )}
      <Form.Item name="userName" label={t('session.userName')} rules={required(t('session.userName'))}>
        <TextField autoComplete="username" autoFocus={userName === ''} maxLength={64} size="large" />
      </Form.Item>
      <Form.Item name="password" label={t('session.password')} rules={required(t('session.password'))}>
        <Password autoComplete="current-password" autoFocus={userName !== ''} maxLength={200} size="large" />
      </Form.Item>
      {isCodeNeeded && (
        <Form.Item name="code" label={t('session.code')} rules={required(t('session.code'))}>
          <TextField autoComplete="one-time-code" autoFocus maxLength={19} size="large" />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
        {t('session.submit')}
      </Button>
    </Form>
  )
}
