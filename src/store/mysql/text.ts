import { isUtf8 } from 'node:buffer';

/** What the connection is told with SET NAMES. The original says gbk and sends UTF-8 (PROTOCOL.md section 7). */
export type Charset = 'gbk' | 'utf8mb4';

const GBK = new TextDecoder('gbk');

/** A string whose characters are the bytes of a text's UTF-8: what a latin1 connection sends as these bytes. */
export function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * SQL for the bytes of a text column as the connection would get them: the driver neither decodes nor
 * copies these. Bytes compare exactly: no case, no padding, no collation.
 */
export function bytesOf(column: string, charset: Charset): string {
  return `cast(convert(${column} using ${charset}) as binary)`;
}

/** The text that bytes of a column mean; NULL is the empty text. What is not UTF-8 is GBK (DIFFERENCES 15). */
export function textOf(bytes: unknown): string {
  if (!Buffer.isBuffer(bytes)) return '';
  return isUtf8(bytes) ? bytes.toString() : GBK.decode(bytes);
}
