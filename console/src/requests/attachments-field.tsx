import { PaperClipOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newIdempotencyKey } from '../api/idempotency.ts'
import { problemOf, readProblem, unreachable } from '../api/problem.ts'
import type { DraftAttachment } from '../api/types.ts'
import { pickText } from '../format/bilingual.ts'
import { formatBytes } from '../format/bytes.ts'

/** As many as a request may have by default; the API says so if it is set to fewer. */
const MOST = 10
const TAKEN = 'image/jpeg,image/png,image/webp,application/pdf'

/** A file that was chosen; without an id the hub does not have it, and a request without it would not be what was asked for. */
export type Attached = { key: string; name: string; bytes: number; attachmentId: string | null }
/** Of one that was chosen before the page was loaded anew there is no file any more that could be sent. */
type Upload = Attached & { file: File | null; error: unknown }

/** Pictures and PDFs that show why: each is sent as soon as it is chosen, and named in the request when that is made. */
export function AttachmentsField({
  attached,
  onChange,
}: {
  /** Those that are there from the start. */
  attached: readonly Attached[]
  onChange: (attached: Attached[]) => void
}) {
  const { t, i18n } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [files, setFiles] = useState<Upload[]>(() =>
    attached.map((file) => ({ ...file, file: null, error: null })),
  )
  const [isOver, setOver] = useState(false)
  const latest = useRef(files)
  const show = (next: Upload[]) => {
    latest.current = next
    setFiles(next)
    onChange(next.map(({ key, name, bytes, attachmentId }) => ({ key, name, bytes, attachmentId })))
  }
  const settle = (key: string, part: Partial<Upload>) =>
    show(latest.current.map((file) => (file.key === key ? { ...file, ...part } : file)))

  const send = (key: string, file: File) =>
    upload(key, file).then(
      ({ attachmentId }) => settle(key, { attachmentId }),
      (error: unknown) => settle(key, { error }),
    )
  const again = (key: string, file: File) => {
    settle(key, { error: null })
    void send(key, file)
  }
  const onChosen = (chosen: FileList | null) => {
    const room = MOST - latest.current.length
    setOver((chosen?.length ?? 0) > room)
    for (const file of [...(chosen ?? [])].slice(0, room)) {
      const key = newIdempotencyKey()
      const { name, size: bytes } = file
      show([...latest.current, { key, name, bytes, file, attachmentId: null, error: null }])
      void send(key, file)
    }
    if (input.current) input.current.value = ''
  }
  return (
    <div className="field">
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={TAKEN}
        aria-label={t('change.attachments')}
        onChange={({ target }) => onChosen(target.files)}
      />
      <Button
        icon={<PaperClipOutlined />}
        disabled={files.length >= MOST}
        onClick={() => input.current?.click()}
      >
        {t('request.attach')}
      </Button>
      {isOver && (
        <div role="alert" className="late">
          {t('request.mostFiles', { count: MOST })}
        </div>
      )}
      {files.map(({ key, name, bytes, file, attachmentId, error }) => (
        <div key={key} className="row-line" role="status">
          <span>{name}</span>
          <span className="quiet">{formatBytes(bytes)}</span>
          {attachmentId === null && file === null && <span className="late">{t('request.chooseAgain')}</span>}
          {attachmentId === null && file !== null && error === null && <span>{t('request.uploading')}</span>}
          {file !== null && error !== null && (
            <>
              <span className="late">{pickText(problemOf(error).title, i18n.language)}</span>
              <Button size="small" onClick={() => again(key, file)}>
                {t('common.retry')}
              </Button>
            </>
          )}
          <Button size="small" onClick={() => show(files.filter((other) => other.key !== key))}>
            {t('request.removeLine')}
          </Button>
        </div>
      ))}
    </div>
  )
}

/** By hand: the document says nothing of the fields of a form with files, so that the client has no type for them. */
async function upload(key: string, file: File): Promise<DraftAttachment> {
  const body = new FormData()
  body.append('file', file)
  const headers = { 'x-order-hub': '1', 'idempotency-key': key }
  const answer = await fetch('/v1/attachments', { method: 'POST', headers, body }).catch((error) => {
    throw unreachable(error)
  })
  if (!answer.ok) throw await readProblem(answer)
  return answer.json()
}
