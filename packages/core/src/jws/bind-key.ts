import type { KeyBackend, KeyMaterial } from '../crypto/backend.js'
import { ownMembers } from '../own-members.js'
import type { Algorithm } from './algorithms.js'
import { type KeyUses, keyError } from './key-material.js'
import type { ImportedKey, SigningKey, VerificationKey } from './types.js'

const PROBE = 'authcore.probe'

/**
 * Binds checked key material to one algorithm.
 * @returns a frozen key that inherits nothing; a key that signs has shown that it signs what it verifies
 * @throws ConfigError `key_invalid` when the runtime cannot use the material
 */
export async function bindKey(
  backend: KeyBackend,
  material: KeyMaterial,
  { algorithm, kid }: { readonly algorithm: Algorithm; readonly kid: string | undefined },
  uses: KeyUses = { sign: true, verify: true },
): Promise<ImportedKey> {
  const { verify } = await createVerificationKey(backend, material, algorithm, kid)
  const named = { algorithm, ...(kid !== undefined && { kid }) }
  if (material.type === 'public' || !uses.sign) {
    if (!uses.verify) throw keyError('key_ops', 'must hold verify for a public key')
    return Object.freeze(ownMembers({ ...named, type: 'public' as const, verify }))
  }
  const sign = await createProvenSign(backend, material, { algorithm, kid, verify })
  return Object.freeze(ownMembers({ ...named, type: material.type, verify, sign }))
}

async function createVerificationKey(
  backend: KeyBackend,
  material: KeyMaterial,
  algorithm: Algorithm,
  kid: string | undefined,
): Promise<VerificationKey> {
  try {
    return await backend.createVerificationKey(material, algorithm, kid)
  } catch {
    // the runtime's own message could quote the key
    throw keyError('', `the runtime cannot use this key with ${algorithm}`)
  }
}

/** A private key with another public part makes signatures that nobody accepts, and may give itself away. */
async function createProvenSign(
  backend: KeyBackend,
  material: KeyMaterial,
  {
    algorithm,
    kid,
    verify,
  }: Pick<VerificationKey, 'algorithm' | 'verify'> & { readonly kid: string | undefined },
): Promise<SigningKey['sign']> {
  try {
    const { sign } = await backend.createSigningKey(material, algorithm, kid)
    if (await verify(PROBE, await sign(PROBE))) return sign
  } catch {
    // the runtime's own message could quote the key
  }
  throw keyError('', 'the key makes no signatures that its public part verifies')
}
