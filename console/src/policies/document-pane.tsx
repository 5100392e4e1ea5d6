import { useBlocker } from '@tanstack/react-router'
import { Button, Input, Modal, Segmented } from 'antd'
import { lazy, Suspense, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { z } from 'zod/mini'
import type { PolicyVersion } from '../api/types.ts'
import { Confirm } from '../components/confirm.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { RestoredNote } from '../components/restored-note.tsx'
import { Section } from '../components/section.tsx'
import { Loading } from '../components/states.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { type KeptForm, useKeptForm } from '../session/use-kept-form.ts'
import { JsonField } from './condition-field.tsx'
import { isSame } from './documents.ts'
import { DryRunPane } from './dry-run-pane.tsx'
import { FormProvider } from './form-context.ts'
import { useNames } from './names.ts'
import { type DescribedFacts, type Field, isRecord } from './schema.ts'
import { SchemaField } from './schema-form.tsx'
import { usePolicyActions } from './use-policy-actions.ts'
import { VersionName } from './version-name.tsx'

const RouteFlow = lazy(async () => ({ default: (await import('./route-flow.tsx')).RouteFlow }))
const REASON_CHARACTERS = 200

type Props = { schema: Field; version: PolicyVersion; inForce: number }

/** One version as a form: to be read, or as a draft to be changed, tried on the past and put in force. */
export function DocumentPane({ schema, version, inForce }: Props) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const names = useNames(version.kind)
  const mayWrite = isOffered('publishPolicies', role)
  const form = useKeptForm(`policy.${version.kind}.${version.version}.${version.revision}.${version.state}`, {
    begin: () => stored(version),
    read: (kept) => (mayWrite ? readEdit(kept) : null),
  })
  const { document } = form.content
  const setDocument = (next: unknown) => form.set({ document: next })
  const [view, setView] = useState<'form' | 'json'>('form')
  const [isEditing, setEditing] = useState((version.state === 'draft' && mayWrite) || form.isRestored)
  const isChanged = !isSame(document, version.document)
  const guard = useUnsaved(isEditing && isChanged, form.forget)
  const startOver = () => {
    form.startOver()
    setEditing(version.state === 'draft')
  }
  const facts = view === 'form' ? routeFacts(schema) : null
  const isOff = !isEditing
  return (
    <div>
      <Section
        title={t('policies.document')}
        extra={
          <span className="row-line">
            <span>
              <VersionName version={version.version} />
              {version.version !== 0 && ` · ${t(`policyState.${version.state}`)}`}
            </span>
            <Segmented
              size="small"
              aria-label={t('policies.view')}
              value={view}
              options={(['form', 'json'] as const).map((value) => ({
                value,
                label: t(`policyView.${value}`),
              }))}
              onChange={setView}
            />
          </span>
        }
      >
        {version.version !== 0 && <p className="change-reason">{version.reason}</p>}
        {form.isRestored && <RestoredNote onStartOver={startOver} />}
        <div className="policy-document">
          <FormProvider value={{ kind: version.kind, names, isOff, Part: SchemaField }}>
            {facts !== null && version.kind === 'approval-route' && (
              <Suspense fallback={<Loading />}>
                <RouteFlow document={document} facts={facts} />
              </Suspense>
            )}
            {view === 'form' ? (
              // Fields hold what is typed into them; which of them there are changes with what they are for.
              <SchemaField
                key={`${isOff} ${form.isRestored}`}
                name=""
                field={schema}
                value={document}
                onChange={setDocument}
              />
            ) : (
              <JsonField
                label={t('policies.document')}
                value={document}
                isOff={isOff}
                onChange={setDocument}
              />
            )}
          </FormProvider>
        </div>
        {mayWrite && (
          <Actions
            version={version}
            inForce={inForce}
            form={form}
            isEditing={isEditing}
            isChanged={isChanged}
            onEdit={() => setEditing(true)}
            onCancel={startOver}
            onSaved={() => {
              guard.release()
              form.forget()
            }}
          />
        )}
      </Section>
      {mayWrite && version.version !== inForce && (
        <DryRunPane kind={version.kind} version={version.version} isUnsaved={isChanged} />
      )}
    </div>
  )
}

/** The facts of the first condition in a document's schema. */
function routeFacts(field: Field): DescribedFacts | null {
  if (field.kind === 'condition') return field.facts
  const inner =
    field.kind === 'object'
      ? field.parts.map((part) => part.field)
      : field.kind === 'list'
        ? [field.item]
        : []
  for (const each of inner) {
    const found = routeFacts(each)
    if (found !== null) return found
  }
  return null
}

const edit = z.object({ document: z.unknown(), reason: z.string() })
/** What is typed into the form of a policy. */
type Edit = z.output<typeof edit>

function stored({ document, state, reason }: PolicyVersion): Edit {
  return { document, reason: state === 'draft' ? reason : '' }
}

function readEdit(kept: unknown): Edit | null {
  return edit.safeParse(kept).data ?? null
}

/** Asks before somebody leaves what was typed and not saved. */
function useUnsaved(isUnsaved: boolean, onLeave: () => void): { release: () => void } {
  const { t } = useTranslation()
  const isReleased = useRef(false)
  const isHeld = () => isUnsaved && !isReleased.current
  useBlocker({
    shouldBlockFn: () => {
      if (!isHeld()) return false
      const isLeaving = window.confirm(t('policies.leave'))
      if (isLeaving) onLeave()
      return !isLeaving
    },
    enableBeforeUnload: isHeld,
  })
  return {
    release: () => {
      isReleased.current = true
    },
  }
}

type ActionsProps = {
  version: PolicyVersion
  inForce: number
  form: KeptForm<Edit>
  isEditing: boolean
  isChanged: boolean
  onEdit: () => void
  onCancel: () => void
  onSaved: () => void
}

function Actions(props: ActionsProps) {
  const { version, inForce, form, isEditing, isChanged, onEdit, onCancel, onSaved } = props
  const { t } = useTranslation()
  const id = useId()
  const { document, reason } = form.content
  const [isMissing, setMissing] = useState(false)
  const [isRollingBack, setRollingBack] = useState(false)
  const { save, publish, discard, rollBack } = usePolicyActions(version, { once: form.once, onSaved })
  const isDraft = version.state === 'draft'
  const error = save.error ?? publish.error ?? discard.error
  if (!isEditing)
    return (
      <div className="form-actions">
        <Button onClick={onEdit}>{t('policies.edit')}</Button>
        {version.version !== inForce && !isDraft && (
          <Button onClick={() => setRollingBack(true)}>{t('policies.rollBack')}</Button>
        )}
        <Modal
          open={isRollingBack}
          title={t('policies.rollBack')}
          footer={null}
          destroyOnHidden
          onCancel={() => setRollingBack(false)}
        >
          <ReasonForm
            label={t('policies.reason')}
            hint={t('policies.reasonHint')}
            button={t('policies.rollBack')}
            isPending={rollBack.isPending}
            error={rollBack.error}
            onSubmit={(given) => rollBack.mutate(given)}
          />
        </Modal>
      </div>
    )
  const isUnsaved = isChanged || (isDraft && reason.trim() !== version.reason)
  return (
    <form
      className="form-actions field"
      onSubmit={(event) => {
        event.preventDefault()
        setMissing(reason.trim() === '')
        if (reason.trim() !== '' && isRecord(document)) save.mutate({ document, reason: reason.trim() })
      }}
    >
      <label htmlFor={id}>{t('policies.reason')}</label>
      <Input
        id={id}
        value={reason}
        maxLength={REASON_CHARACTERS}
        placeholder={t('policies.reasonHint')}
        aria-required
        aria-invalid={isMissing}
        onChange={({ target }) => form.set({ reason: target.value })}
      />
      {isMissing && (
        <div role="alert" className="late">
          {t('session.required', { field: t('policies.reason') })}
        </div>
      )}
      <div className="row-line">
        <Button type={isUnsaved ? 'primary' : 'default'} htmlType="submit" loading={save.isPending}>
          {t('policies.saveDraft')}
        </Button>
        {isDraft && (
          <Confirm
            title={t('policies.publishConfirm')}
            okText={t('policies.publish')}
            onConfirm={() => publish.mutate()}
          >
            <Button type={isUnsaved ? 'default' : 'primary'} disabled={isUnsaved} loading={publish.isPending}>
              {t('policies.publish')}
            </Button>
          </Confirm>
        )}
        {isDraft ? (
          <Confirm
            title={t('policies.discardConfirm')}
            okText={t('policies.discard')}
            onConfirm={() => discard.mutate()}
          >
            <Button danger loading={discard.isPending}>
              {t('policies.discard')}
            </Button>
          </Confirm>
        ) : (
          <Button onClick={onCancel}>{t('common.cancel')}</Button>
        )}
        {isDraft && isUnsaved && <span className="quiet">{t('policies.saveFirst')}</span>}
      </div>
      {error && <ProblemText error={error} />}
    </form>
  )
}
