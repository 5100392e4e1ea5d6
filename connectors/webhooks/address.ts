import ipaddr from 'ipaddr.js'

/** Nothing may be sent there; asking again would get the same answer until somebody changes URL or configuration. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError'
}

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Range = [Address, number]

/** Private ranges and hosts that webhooks may go to. */
export type AllowedTargets = { ranges: Range[]; hosts: ReadonlySet<string> }

/**
 * Reads "10.1.0.0/16,::1,erp.internal".
 *
 * @throws Error when an entry is neither an address, a range nor a host name
 */
export function parseAllowedTargets(text: string): AllowedTargets {
  const ranges: Range[] = []
  const hosts = new Set<string>()
  for (const entry of text.split(',').map((part) => part.trim().toLowerCase())) {
    if (entry === '') continue
    if (ipaddr.isValidCIDR(entry)) ranges.push(ipaddr.parseCIDR(entry))
    else if (ipaddr.isValid(entry)) ranges.push(wholeAddress(ipaddr.parse(entry)))
    else if (HOST_NAME.test(entry)) hosts.add(entry)
    else throw new Error(`${JSON.stringify(entry)} is neither an address, a range nor a host name`)
  }
  return { ranges, hosts }
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))*$/

function wholeAddress(address: Address): Range {
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/**
 * The URL of a receiver, as far as it can be judged without asking the DNS.
 *
 * @throws AddressRefusedError for anything but http(s) to a host, and for an address of a network that is not public
 */
export function checkReceiverUrl(text: string, allowed: AllowedTargets): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new AddressRefusedError('must be an http or https URL')
  }
  if (url.username !== '' || url.password !== '') {
    throw new AddressRefusedError('must not carry a user name or a password')
  }
  if (url.hash !== '') throw new AddressRefusedError('must not have a fragment')
  const literal = literalAddress(url)
  if (literal !== null) checkAddress(url, literal, allowed)
  return url
}

/** The address that a URL names directly, or null where it names a host. */
export function literalAddress(url: URL): string | null {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(host) ? host : null
}

/** Whether an address lies in one of the ranges; an IPv4 address in an IPv6 one is judged as what it is. */
export function isInRanges(address: string, { ranges }: Pick<AllowedTargets, 'ranges'>): boolean {
  const parsed = ipaddr.process(address)
  return ranges.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match([base, bits]))
}

/**
 * Whether a connection to this address may be made for this URL: public addresses over https, everything else only
 * where configuration names the host or the range. What wraps an IPv4 address is judged by the address inside it.
 *
 * @throws AddressRefusedError
 */
export function checkAddress(url: URL, address: string, allowed: AllowedTargets): void {
  if (allowed.hosts.has(url.hostname.toLowerCase()) || isInRanges(address, allowed)) return
  const parsed = ipaddr.process(address)
  // "unicast" is what is left when every special range is taken away: private, loopback, link-local, carrier-grade
  // NAT, multicast, documentation, and the tunnels and translations that reach IPv4 by an IPv6 address.
  if (parsed.range() !== 'unicast') {
    throw new AddressRefusedError(`${url.hostname} is not a public address (${parsed.range()})`)
  }
  if (url.protocol !== 'https:')
    throw new AddressRefusedError('must be https outside the networks of the configuration')
}
