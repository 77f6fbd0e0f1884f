import { isUtf8 } from 'node:buffer';

/** The charset of SET NAMES. The original says gbk and sends UTF-8 (PROTOCOL.md section 7). */
export type Charset = 'gbk' | 'utf8mb4';

const GBK = new TextDecoder('gbk');

/** A string whose characters are the bytes of a text's UTF-8: a latin1 connection sends it as these bytes. */
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

/** The text that bytes of a column mean; NULL is the empty text. Bytes that are not UTF-8 are GBK (DIFFERENCES 15). */
export function textOf(bytes: unknown): string {
  if (!Buffer.isBuffer(bytes)) return '';
  return isUtf8(bytes) ? bytes.toString() : GBK.decode(bytes);
}
