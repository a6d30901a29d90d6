import type { Algorithm } from '@authcore/core/jwt'
import type { AttackCase } from './attack-case.js'
import { findAbilities } from './issuer.js'
import type { AttackSettings } from './settings.js'
import type { TokenRecipe } from './token-recipe.js'
import { schemeOf } from './web-signing.js'

/** Says whether a case is about verifiers of this kind at all. */
export function isMeant({ when }: AttackCase, algorithm: Algorithm, typ: string): boolean {
  if (when.notAlgorithm === algorithm) return false
  if (when.schemes !== undefined && !when.schemes.includes(schemeOf(algorithm))) return false
  return when.expectsType !== true || typ.toUpperCase() !== 'JWT'
}

/** Says why a case cannot be run, or nothing. */
export function findObstacle(
  { id, recipe }: AttackCase,
  algorithm: Algorithm,
  settings: AttackSettings,
): string | undefined {
  const excluded = settings.exclude.get(id)
  if (excluded !== undefined) return `excluded: ${excluded}`
  const { canSign, canSignOtherwise, hasPublicKey, takesKeys } = findAbilities(settings, algorithm)
  if (recipe.weakKey !== undefined) return takesKeys ? undefined : 'needs createVerifier'
  if (needsPublicKey(recipe) && !hasPublicKey) return 'needs the public key: give publicJwks'
  if (needsOtherAlgorithm(recipe, algorithm) && !canSignOtherwise) return 'needs a private JWK in keys'
  if (needsSigning(recipe) && !canSign) return 'needs a private key: give keys'
  return findNameObstacle(recipe, settings)
}

/** A sample is signed already, so it serves as long as nothing that is signed changes. */
function needsSigning({ header, payload, signing, signedText }: TokenRecipe): boolean {
  if (signing !== undefined && signing.by !== 'issuer') return false
  return [header, payload, signedText].some(change => change !== undefined)
}

function needsOtherAlgorithm({ signing }: TokenRecipe, algorithm: Algorithm): boolean {
  return signing?.by === 'issuer' && signing.algorithm !== undefined && signing.algorithm !== algorithm
}

function needsPublicKey({ signing, signature }: TokenRecipe): boolean {
  if (signing?.by === 'secret' && 'publicKey' in signing.secret) return true
  return signature !== undefined && 'rsa' in signature
}

/** A name without letters looks the same in the other case. */
function findNameObstacle(recipe: TokenRecipe, { issuer, audience }: AttackSettings): string | undefined {
  const text = JSON.stringify(recipe)
  const isSame = (placeholder: string, name: string) =>
    text.includes(placeholder) && toOtherCase(name) === name
  if (isSame('<ISSUER>', issuer) || isSame('<AUDIENCE>', audience)) return 'the name has no letters'
  return undefined
}

/** Capitals, or small letters where there are only capitals. */
export function toOtherCase(text: string): string {
  const upper = text.toUpperCase()
  return upper === text ? text.toLowerCase() : upper
}
