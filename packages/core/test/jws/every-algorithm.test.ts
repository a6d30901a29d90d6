import { expect, it } from 'vitest'
import { backend as nodeBackend } from '../../src/crypto/node.js'
import { backend as webBackend } from '../../src/crypto/web.js'
import { ALGORITHMS } from '../../src/jws/algorithms.js'
import { importKeyWith } from '../../src/jws/import-key.js'

it.each(ALGORITHMS)('%s: a fresh key of either backend signs and verifies on both', async algorithm => {
  for (const maker of [nodeBackend, webBackend]) {
    const { privateJwk, publicJwk } = await maker.generateKey(algorithm)
    for (const signer of [nodeBackend, webBackend]) {
      const key = await importKeyWith(signer, privateJwk, { algorithm, kid: 'a' })
      if (key.type === 'public') throw new Error('expected a key that signs')
      const signature = await key.sign('header.payload')
      const changed = Uint8Array.from(signature, (byte, index) => (index === 3 ? byte ^ 1 : byte))
      for (const verifier of [nodeBackend, webBackend]) {
        const other = await importKeyWith(verifier, publicJwk ?? privateJwk, { algorithm })
        expect(other.type).toBe(publicJwk === undefined ? 'secret' : 'public')
        expect(await other.verify('header.payload', signature)).toBe(true)
        expect(await other.verify('header.payloae', signature)).toBe(false)
        expect(await other.verify('header.payload', changed)).toBe(false)
        expect(await other.verify('header.payload', signature.subarray(1))).toBe(false)
        expect(await other.verify('header.payload', new Uint8Array())).toBe(false)
        expect(await other.verify('header.payload', new Uint8Array(signature.length))).toBe(false)
        expect(await other.verify('header.payload', new Uint8Array(signature.length).fill(255))).toBe(false)
      }
    }
  }
})
