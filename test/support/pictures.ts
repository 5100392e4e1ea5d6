import sharp from 'sharp'

type Format = 'jpeg' | 'png' | 'webp'

/** A picture of one colour, of any size that a picture may have. */
export function picture(format: Format, widthPixels = 60, heightPixels = 40): Promise<Buffer> {
  return blank(widthPixels, heightPixels)[format]().toBuffer()
}

/** 64 megapixels in some hundred kilobytes. */
export function pixelBomb(): Promise<Buffer> {
  return blank(8_000, 8_000).png({ palette: true, colours: 2, compressionLevel: 9 }).toBuffer()
}

/** As a telephone takes it: with where and by what it was taken, and a comment. */
export function photograph(): Promise<Buffer> {
  return blank(600, 400)
    .jpeg()
    .withExif({
      IFD0: { Make: 'Telephone', ImageDescription: PLACE },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '30/1 16/1 0/1' },
    })
    .toBuffer()
}

/** As the largest cameras take it, not made smaller at all: over 40 megabytes in 15 megapixels. */
export function largePhotograph(): Promise<Buffer> {
  return blank(5_000, 3_000)
    .png({ compressionLevel: 0 })
    .withExif({ IFD0: { ImageDescription: PLACE } })
    .toBuffer()
}

/** What a photograph says of its place, in words that can be looked for. */
export const PLACE = 'taken at the door of Wen Yi West Road 969'

function blank(width: number, height: number) {
  const background = { r: 200, g: 30, b: 30 }
  return sharp({ create: { width, height, channels: 3, background }, limitInputPixels: false })
}

/** A page with nothing on it. */
export const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n' +
    'trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n',
)

/** A form with one file, as a browser sends it. */
export function formWith(
  file: Buffer,
  { field = 'file', name = 'photo.jpg', type = 'image/jpeg' } = {},
): { payload: Buffer; headers: { 'content-type': string } } {
  const boundary = 'a-form-of-the-test'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`
  return {
    payload: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
}
