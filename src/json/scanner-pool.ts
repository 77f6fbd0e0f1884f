import { Scanner } from './scan.js';

/** Lends scanners, so that a connection holds one only while a document is on its way. */
export class ScannerPool {
  private readonly idle: Scanner[] = [];
  private readonly names: readonly string[];

  /** @param names the top-level keys whose int32 values the scanners find, see Scanner */
  constructor(names: readonly string[]) {
    this.names = names;
  }

  take(): Scanner {
    return this.idle.pop() ?? new Scanner(this.names);
  }

  give(scanner: Scanner): void {
    if (!scanner.large) this.idle.push(scanner);
  }
}
