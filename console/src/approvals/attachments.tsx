import { FilePdfOutlined } from '@ant-design/icons'
import { Image } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ChangeDetail } from '../api/types.ts'
import { Section } from '../components/section.tsx'
import { formatBytes } from '../format/bytes.ts'

type Attachment = ChangeDetail['attachments'][number]

/** Pictures where they can be seen at once, small ones first for a slow network; a PDF as a download. */
export function Attachments({ attachments }: { attachments: readonly Attachment[] }) {
  const { t } = useTranslation()
  return (
    <Section title={t('change.attachments')}>
      {attachments.length === 0 && <span className="quiet">{t('change.noAttachments')}</span>}
      <Image.PreviewGroup>
        <div className="attachments">
          {attachments.map((attachment) => (
            <AttachmentView key={attachment.attachmentId} attachment={attachment} />
          ))}
        </div>
      </Image.PreviewGroup>
    </Section>
  )
}

function AttachmentView({ attachment }: { attachment: Attachment }) {
  const { t } = useTranslation()
  const { fileUrl, thumbnailUrl, fileName, bytes } = attachment
  if (fileUrl === null) return <span className="quiet">{`${fileName} · ${t('change.erased')}`}</span>
  if (thumbnailUrl === null) {
    return (
      <a href={fileUrl} download={fileName} className="attachment-file">
        <FilePdfOutlined /> {fileName}{' '}
        <span className="quiet">{t('change.pdf', { size: formatBytes(bytes) })}</span>
      </a>
    )
  }
  return (
    <Image src={thumbnailUrl} preview={{ src: fileUrl }} alt={fileName} height={112} className="attachment" />
  )
}
