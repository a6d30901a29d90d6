import { Transform } from 'node:stream'
import type { WireField } from '../adapter/wire.js'

const PREFACE_LENGTH = 24
const FRAME_HEAD_LENGTH = 9
const HEADERS = 1
const PADDED_OR_WITH_PRIORITY = 0x28

/**
 * Stands behind a client of HTTP/2 and puts other fields into the header blocks that it sends (RFC 9113 section 6.2).
 * Every field is written as a literal that no table remembers (RFC 7541 section 6.2.2), so nothing depends on what
 * was sent before.
 */
export function rewriteHeaders(findFields: () => readonly WireField[]): NodeJS.ReadWriteStream {
  let buffered = Buffer.alloc(0)
  let isBegun = false
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      buffered = Buffer.concat([buffered, chunk])
      if (!isBegun && buffered.length >= PREFACE_LENGTH) {
        isBegun = true
        this.push(buffered.subarray(0, PREFACE_LENGTH))
        buffered = buffered.subarray(PREFACE_LENGTH)
      }
      for (let frame = isBegun ? readFrame(buffered) : undefined; frame; frame = readFrame(buffered)) {
        buffered = buffered.subarray(frame.length)
        this.push(frame[3] === HEADERS ? toHeadersFrame(frame, findFields()) : frame)
      }
      done()
    },
  })
}

function readFrame(buffered: Buffer): Buffer | undefined {
  if (buffered.length < FRAME_HEAD_LENGTH) return undefined
  const length = FRAME_HEAD_LENGTH + buffered.readUIntBE(0, 3)
  return buffered.length < length ? undefined : buffered.subarray(0, length)
}

function toHeadersFrame(frame: Buffer, fields: readonly WireField[]): Buffer {
  const block = Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]),
  )
  const head = Buffer.from(frame.subarray(0, FRAME_HEAD_LENGTH))
  head.writeUIntBE(block.length, 0, 3)
  head.writeUInt8(head.readUInt8(4) & ~PADDED_OR_WITH_PRIORITY, 4)
  return Buffer.concat([head, block])
}

/** A string without Huffman's code (RFC 7541 section 5.2), its length as an integer of section 5.1. */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes])
  const length = [127]
  let rest = bytes.length - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}
