import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { attachmentTypeOf, readAttachment } from '../../connectors/files/attachment-content.ts'
import { largePhotograph, PDF, PLACE, photograph, picture, pixelBomb } from '../support/pictures.ts'

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    ({ code }: { code: string }) => code,
  )
const tiff = async () =>
  sharp(await picture('png'))
    .tiff()
    .toBuffer()
const contents = async (file: Buffer) => readAttachment(await attachmentTypeOf(file), file)

describe('what a file is', () => {
  test.each(['jpeg', 'png', 'webp'] as const)(
    '%s is known by its bytes and shown by a thumbnail',
    async (format) => {
      const { mediaType, size, thumbnail } = await contents(await picture(format, 900, 600))
      expect(mediaType).toBe(`image/${format}`)
      expect(size).toEqual({ widthPixels: 900, heightPixels: 600 })
      expect(await sharp(thumbnail ?? Buffer.alloc(0)).metadata()).toMatchObject({
        ...{ format: 'webp', width: 320, height: 213 },
      })
    },
  )

  test('a PDF is kept as it came, and has no thumbnail', async () => {
    expect(await contents(PDF)).toEqual({
      ...{ mediaType: 'application/pdf', contents: PDF, thumbnail: null, size: null },
    })
  })

  test.each([
    ['a shell script', '#!/bin/sh\nrm -rf /\n'],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['an SVG, which is a script with a picture', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'],
    ['PHP behind the first bytes of a GIF', 'GIF89a<?php system($_GET[1]); ?>'],
    ['a program', 'MZ\u0090\u0000'],
    ['an archive', 'PK\u0003\u0004\u0014\u0000'],
    ['nothing', ''],
    ['a PDF that begins as a page', '<html>%PDF-1.4\n%%EOF'],
  ])('%s is refused', async (_, text) => {
    expect(await refusalOf(attachmentTypeOf(Buffer.from(text, 'latin1')))).toBe('attachment-type-refused')
  })
})

describe('what is kept of a picture', () => {
  test('neither place nor camera nor any other word that came with it', async () => {
    const taken = await photograph()
    expect(taken.includes(PLACE)).toBe(true)
    const kept = await contents(taken)
    expect(kept.contents.includes(PLACE)).toBe(false)
    const { exif, xmp, iptc } = await sharp(kept.contents).metadata()
    expect({ exif, xmp, iptc }).toEqual({ exif: undefined, xmp: undefined, iptc: undefined })
  })

  test('it stands as it was held', async () => {
    const lying = await sharp(await picture('jpeg', 60, 40))
      .withMetadata({ orientation: 6 })
      .toBuffer()
    expect((await contents(lying)).size).toEqual({ widthPixels: 40, heightPixels: 60 })
  })

  test('nothing of what else the file was: an archive behind it, a page in it', async () => {
    const archive = Buffer.from('PK\u0003\u0004 the archive')
    const page = Buffer.from('<script>alert(1)</script>')
    const { contents: kept } = await contents(Buffer.concat([await picture('jpeg'), page, archive]))
    expect([kept.includes(archive), kept.includes(page)]).toEqual([false, false])
  })

  test('a photograph of 40 megabytes is kept as small as any other', async () => {
    const large = await largePhotograph()
    expect(large.length).toBeGreaterThan(40 * 1024 * 1024)
    const kept = await contents(large)
    expect(kept.contents.includes(PLACE)).toBe(false)
    expect(kept.size?.widthPixels).toBe(4_096)
    expect(kept.contents.length).toBeLessThan(large.length / 2)
  }, 60_000)

  test('one that is larger than anybody needs is made smaller', async () => {
    expect((await contents(await picture('jpeg', 5_000, 100))).size?.widthPixels).toBe(4_096)
  })
})

describe('what is more than it says is refused', () => {
  test('a picture that unpacks to more pixels than there is memory for, before it is unpacked', async () => {
    const bomb = await pixelBomb()
    expect(bomb.length).toBeLessThan(1_000_000)
    const before = process.resourceUsage().maxRSS
    expect(await refusalOf(contents(bomb))).toBe('attachment-unreadable')
    // Unpacked it would be 190 MB.
    expect((process.resourceUsage().maxRSS - before) / 1_024).toBeLessThan(100)
  })

  test('a picture that is cut off, or has only its first bytes of one', async () => {
    const whole = await picture('jpeg', 600, 400)
    expect(await refusalOf(contents(whole.subarray(0, whole.length / 2)))).toBe('attachment-unreadable')
    const script = Buffer.concat([whole.subarray(0, 30), Buffer.from('#!/bin/sh\n')])
    expect(await refusalOf(contents(script))).toBe('attachment-unreadable')
  })

  test('another kind of picture behind the first bytes of one that may be sent', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    expect(await refusalOf(readAttachment('image/png', svg))).toBe('attachment-unreadable')
    expect(await refusalOf(readAttachment('image/png', await tiff()))).toBe('attachment-unreadable')
  })

  test.each([
    ['has an archive behind it', Buffer.concat([PDF, Buffer.from('PK\u0003\u0004')])],
    ['does not end', PDF.subarray(0, 60)],
    [
      'runs a script',
      Buffer.concat([PDF, Buffer.from('3 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n%%EOF')]),
    ],
    ['starts a program', Buffer.concat([PDF, Buffer.from('<</S/Launch/F(cmd.exe)>>\n%%EOF')])],
    ['carries a file', Buffer.concat([PDF, Buffer.from('<</Type/EmbeddedFile>>\n%%EOF')])],
  ])('a PDF that %s', async (_, file) => {
    expect(await refusalOf(contents(file))).toBe('attachment-unreadable')
  })
})
