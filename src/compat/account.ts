/** An account that the tool has made. */
export interface Account {
  readonly id: number;
  readonly name: string;
  readonly password: string;
}
