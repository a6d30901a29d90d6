import type { Algorithm } from '@authcore/core/jwt'
import { decodeBase64url, encodePart } from './base64.js'
import { concat, fromHex } from './big-integers.js'
import { type Issuer, modulusOf } from './issuer.js'
import { toPublicKeyBytes } from './public-key-texts.js'
import { editSignature } from './signature-edits.js'
import type { KnownSecret, PartRecipe, TokenRecipe } from './token-recipe.js'
import { signHmac } from './web-signing.js'
import { fillIn, type Members, type TemplateFrame, writePart } from './write-json.js'

/** What tokens are made of. */
export interface TokenMaker {
  readonly issuer: Issuer
  /** Keys that no verifier knows, one for each algorithm. */
  readonly attackerFor: (algorithm: Algorithm) => Promise<Issuer>
  /** Members of a valid header and payload; the payload differs each time. */
  readonly header: Members
  readonly createPayload: () => Members
  readonly createFrame: (attacker: Issuer | undefined) => TemplateFrame
}

/** The texts of header, payload and signature. */
type Parts = readonly [header: string, payload: string, signature: string]

/** Some edits are possible for some signatures only: one without a dash looks the same in base64. */
const MAX_ATTEMPTS = 100

/**
 * Makes a token of a recipe.
 * @returns `undefined` when there is none for this issuer
 */
export async function makeToken(recipe: TokenRecipe, maker: TokenMaker): Promise<string | undefined> {
  const attempts = maker.issuer.sampleToken === undefined ? MAX_ATTEMPTS : 1
  for (let attempt = 0; attempt < attempts; attempt++) {
    const token = await tryToMake(recipe, maker)
    if (token !== undefined) return token
  }
  return undefined
}

async function tryToMake(recipe: TokenRecipe, maker: TokenMaker): Promise<string | undefined> {
  const frame = maker.createFrame(await findAttacker(recipe, maker))
  const sample = await getSample(maker)
  const members = sample === undefined ? createMembers(maker) : readMembers(sample)
  const header = writeText(sample?.[0], members.header, recipe.header, frame)
  const payload = writeText(sample?.[1], members.payload, recipe.payload, frame)
  if (header === undefined || payload === undefined) return undefined
  const signature = await writeSignature(recipe, maker, { header, payload, sample: sample?.[2], frame })
  if (signature === undefined) return undefined
  const parts = tamper([header, payload, signature], members, recipe, frame)
  return parts && writeToken(recipe, parts, maker, frame)
}

function createMembers({ header, createPayload }: TokenMaker) {
  return { header, payload: createPayload() }
}

function readMembers([header, payload]: Parts) {
  const read = (part: string): Members => JSON.parse(new TextDecoder().decode(decodeBase64url(part)))
  return { header: read(header), payload: read(payload) }
}

async function getSample({ issuer }: TokenMaker): Promise<Parts | undefined> {
  const token = await issuer.sampleToken?.()
  if (token === undefined) return undefined
  const [header, payload, signature, ...rest] = token.split('.')
  if (header && payload && signature && rest.length === 0) return [header, payload, signature]
  throw new TypeError('sampleToken returned what is no signed token.')
}

function findAttacker(
  { header, signing }: TokenRecipe,
  { issuer, attackerFor }: TokenMaker,
): Promise<Issuer> | undefined {
  const isNamed = JSON.stringify(header ?? {}).includes('"$jwk"')
  if (signing?.by !== 'attacker' && !isNamed) return undefined
  return attackerFor((signing?.by === 'attacker' && signing.algorithm) || issuer.algorithm)
}

/** A sample stands as it is, byte for byte, unless the recipe changes it. */
function writeText(
  sample: string | undefined,
  members: Members,
  recipe: PartRecipe | undefined,
  frame: TemplateFrame,
): string | undefined {
  if (recipe === undefined && sample !== undefined) return sample
  const bytes = writePart(members, recipe ?? {}, frame)
  // only where the last group of three is not full are there bits to spare; white space behind JSON means nothing
  const hasNoSpareBits = recipe?.encoding === 'spare_bits' && bytes.length % 3 === 0
  return encodePart(hasNoSpareBits ? concat(bytes, Uint8Array.of(0x20)) : bytes, recipe?.encoding)
}

interface SigningFrame {
  readonly header: string
  readonly payload: string
  readonly sample: string | undefined
  readonly frame: TemplateFrame
}

async function writeSignature(
  recipe: TokenRecipe,
  maker: TokenMaker,
  { header, payload, sample, frame }: SigningFrame,
): Promise<string | undefined> {
  const input = fillIn(recipe.signedText ?? '<header>.<payload>', withTexts(frame, { header, payload }))
  const isSample = sample !== undefined && (recipe.signing?.by ?? 'issuer') === 'issuer'
  const signature = isSample ? decodeBase64url(sample) : await sign(recipe, maker, input, frame)
  const { issuer } = maker
  const modulus = modulusOf(issuer)
  const edited =
    recipe.signature === undefined
      ? signature
      : editSignature(signature, recipe.signature, {
          algorithm: issuer.algorithm,
          ...(modulus !== undefined && { modulus }),
        })
  return edited && encodePart(edited, recipe.signatureEncoding)
}

async function sign(
  { signing = { by: 'issuer' } }: TokenRecipe,
  { issuer, attackerFor }: TokenMaker,
  input: string,
  frame: TemplateFrame,
): Promise<Uint8Array> {
  switch (signing.by) {
    case 'nobody':
      return new Uint8Array()
    case 'secret':
      return signHmac(signing.algorithm, toSecretBytes(signing.secret, issuer, frame), input)
    case 'issuer':
      return signWith(issuer, signing.algorithm ?? issuer.algorithm, input)
    case 'attacker': {
      const algorithm = signing.algorithm ?? issuer.algorithm
      return signWith(await attackerFor(algorithm), algorithm, input)
    }
  }
}

function signWith({ sign }: Issuer, algorithm: Algorithm, input: string): Promise<Uint8Array> {
  if (sign === undefined) throw new TypeError('This issuer has no key.')
  return sign(input, algorithm)
}

function toSecretBytes(secret: KnownSecret, { publicKey }: Issuer, frame: TemplateFrame): Uint8Array {
  if ('text' in secret) return new TextEncoder().encode(fillIn(secret.text, frame))
  if ('hex' in secret) return fromHex(secret.hex)
  if (publicKey === undefined) throw new TypeError('This issuer has no public key.')
  return toPublicKeyBytes(publicKey, secret.publicKey)
}

function tamper(
  parts: Parts,
  members: { readonly header: Members; readonly payload: Members },
  { tamper: changes }: TokenRecipe,
  frame: TemplateFrame,
): Parts | undefined {
  if (changes === undefined) return parts
  const [header, payload, signature] = parts
  const changed = [
    writeText(header, members.header, changes.header, frame),
    writeText(payload, members.payload, changes.payload, frame),
  ]
  const [newHeader, newPayload] = changed
  return newHeader === undefined || newPayload === undefined ? undefined : [newHeader, newPayload, signature]
}

async function writeToken(
  { text = '<token>', repeat = 1 }: TokenRecipe,
  parts: Parts,
  maker: TokenMaker,
  frame: TemplateFrame,
): Promise<string | undefined> {
  const [header, payload, signature] = parts
  const own = { header, payload, signature, token: parts.join('.') }
  if (!text.includes('<other-')) return fillIn(text, withTexts(frame, own)).repeat(repeat)
  const other = await makeToken({}, maker)
  const [otherHeader = '', otherPayload = '', otherSignature = ''] = (other ?? '').split('.')
  // a sample that is always the same has no other
  if (other === undefined || otherPayload === payload || otherSignature === signature) return undefined
  const others = {
    'other-header': otherHeader,
    'other-payload': otherPayload,
    'other-signature': otherSignature,
  }
  return fillIn(text, withTexts(frame, { ...own, ...others }))
}

function withTexts(frame: TemplateFrame, texts: Readonly<Record<string, string>>): TemplateFrame {
  return { ...frame, texts: { ...frame.texts, ...texts } }
}
