import type { Jwk } from '@authcore/core/jwt'
import type { JsonTemplate, PartRecipe } from './token-recipe.js'

/** What the placeholders of a template stand for. */
export interface TemplateFrame {
  readonly texts: Readonly<Record<string, string>>
  /** Seconds since 1970. */
  readonly now: number
  readonly clockToleranceSeconds: number
  readonly jwks: { readonly issuer?: Jwk | undefined; readonly attacker?: Jwk | undefined }
}

/** Members of a header or payload, in their order. */
export type Members = Readonly<Record<string, JsonTemplate>>

/** Writes one part of a token: the members of a valid one with the differences of a recipe. */
export function writePart(base: Members, recipe: PartRecipe, frame: TemplateFrame): Uint8Array {
  const json = writeObject(base, recipe, frame)
  const text =
    recipe.text === undefined
      ? json
      : fillIn(recipe.text, frame)
          .replaceAll('<json>', () => json)
          .replaceAll('<json,>', () => `${json.slice(0, -1)},}`)
  const bytes = recipe.charset === 'utf-16le' ? toUtf16(text) : new TextEncoder().encode(text)
  return recipe.hex === undefined ? bytes : putInBytes(bytes, recipe.hex)
}

/** Puts the texts of a frame in the places of their names, such as `<issuer>`. */
export function fillIn(text: string, { texts }: TemplateFrame): string {
  return text.replace(/<([\w-]+)>/gi, (placeholder, name: string) =>
    Object.hasOwn(texts, name) ? (texts[name] ?? '') : placeholder,
  )
}

const BYTES_GO_HERE = '\u0001'

function writeObject(base: Members, recipe: PartRecipe, frame: TemplateFrame): string {
  const { set = {}, remove = [], first, last, hex } = recipe
  const names = [...new Set([...Object.keys(base), ...Object.keys(set)])].filter(
    name => !remove.includes(name),
  )
  const members = names.map(name => {
    const value = Object.hasOwn(set, name) ? set[name] : base[name]
    return `${JSON.stringify(name)}:${writeValue(value ?? null, frame)}`
  })
  const all = [
    ...(first === undefined ? [] : [fillIn(first, frame)]),
    ...members,
    ...(last === undefined ? [] : [fillIn(last, frame)]),
    ...(hex === undefined ? [] : [`"extra":"${BYTES_GO_HERE}"`]),
  ]
  return `{${all.join(',')}}`
}

function writeValue(value: JsonTemplate, frame: TemplateFrame): string {
  if (typeof value === 'string') return JSON.stringify(fillIn(value, frame))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(item => writeValue(item, frame)).join(',')}]`
  const [only, ...others] = Object.entries(value)
  if (only !== undefined && others.length === 0) {
    const [name, parameter] = only
    const special = writeSpecial(name, parameter, frame)
    if (special !== undefined) return special
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${writeValue(member, frame)}`,
  )
  return `{${members.join(',')}}`
}

function isList(value: JsonTemplate): value is readonly JsonTemplate[] {
  return Array.isArray(value)
}

function writeSpecial(name: string, parameter: JsonTemplate, frame: TemplateFrame): string | undefined {
  const { now, clockToleranceSeconds, jwks } = frame
  const number = Number(parameter)
  switch (name) {
    case '$now':
      return String(now + number)
    case '$past':
      return String(now - clockToleranceSeconds - number)
    case '$future':
      return String(now + clockToleranceSeconds + number)
    case '$raw':
      return String(parameter)
    case '$nested':
      return `${'['.repeat(number)}${']'.repeat(number)}`
    case '$long':
      return JSON.stringify('x'.repeat(number))
    case '$jwk':
      return JSON.stringify((parameter === 'issuer' ? jwks.issuer : jwks.attacker) ?? null)
    default:
      return undefined
  }
}

function toUtf16(text: string): Uint8Array {
  return Uint8Array.from(
    [...Array(text.length * 2).keys()].map(at => (text.charCodeAt(at >> 1) >> (at % 2 === 0 ? 0 : 8)) & 255),
  )
}

function putInBytes(bytes: Uint8Array, hex: string): Uint8Array {
  const at = bytes.indexOf(BYTES_GO_HERE.charCodeAt(0))
  const inserted = (hex.match(/../g) ?? []).map(pair => Number.parseInt(pair, 16))
  return Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at + 1)])
}
