/** So many random bytes, in hexadecimal. */
export function randomText(random: (length: number) => Uint8Array, length: number): string {
  return Array.from(random(length), byte => byte.toString(16).padStart(2, '0')).join('')
}
