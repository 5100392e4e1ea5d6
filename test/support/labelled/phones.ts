/**
 * Numbers as they arrive, invented: `valid` can be called, `invalid` cannot, `hidden` is a mask that nobody can judge.
 */
export const phoneLabels = ['valid', 'invalid', 'hidden'] as const
export type PhoneLabel = (typeof phoneLabels)[number]

export const tunedPhones = `
13812345678|valid
15900001111|valid
18612340000|valid
19912345678|valid
17712345678|valid
+8613812345678|valid
+86 138-1234-5678|valid
008613812345678|valid
138 1234 5678|valid
１３８１２３４５６７８|valid
0571-87654321|valid
057187654321|valid
010-62345678|valid
021-51234567|valid
0755-26543210|valid
(0571)87654321|valid
4008123456|valid
400-812-3456|valid
8008101234|valid
18412345678-1234|valid
18412345678转1234|valid
18412345678,1234|valid
15012345678-0021|valid
95013332211234|valid
95013-3322-1123-4567|valid
+85251234567|valid
+886912345678|valid
+85366123456|valid
0571-87654321-806|valid
0571-87654321转806|valid
138****5678|hidden
*******5678|hidden
1381234****|hidden
1234567|invalid
12345678901|invalid
11111111111|invalid
00000000000|invalid
1381234567|invalid
138123456789|invalid
12012345678|invalid
10012345678|invalid
010-1234|invalid
0571-8765|invalid
0999-87654321|invalid
4001234|invalid
18412345678-|invalid
18412345678-123456789|invalid
|invalid
无|invalid
12345678901-1234|invalid
`

export const heldOutPhones = `
13500000042|valid
18899990001|valid
14712345678|valid
19212345678|valid
16612345678|valid
+86-159-0000-2222|valid
86 13912340099|valid
0086 18712340011|valid
135 0000 0042|valid
020-38765432|valid
02987654321|valid
0591-87651234|valid
0991-2612345|valid
（010）88887777|valid
400 700 1234|valid
17012345678-8899|valid
17012345678 转 8899|valid
13200004321_6655|valid
17012345678#4321|valid
95013123456789|valid
+852 6123 4567|valid
+1 415 555 2671|valid
025-84567890转212|valid
159****2222|hidden
1**********|hidden
***|hidden
88888888888|invalid
13500|invalid
1350000004|invalid
135000000421|invalid
22345678901|invalid
0571|invalid
021-123|invalid
099912345678|invalid
99999999|invalid
电话见备注|invalid
13500000042/|valid
-|invalid
400123|invalid
010101010|invalid
`

export function parsePhones(lines: string): { phone: string; label: PhoneLabel }[] {
  return lines
    .split('\n')
    .slice(1, -1)
    .map((line) => {
      const [phone = '', label] = line.split('|')
      const known = phoneLabels.find((name) => name === label)
      if (!known) throw new Error(`no label: ${line}`)
      return { phone, label: known }
    })
}
