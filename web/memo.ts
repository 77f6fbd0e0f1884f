import { Component, type ComponentChild, type FunctionComponent, h } from 'preact';

/** The same part, drawn anew only when one of its properties has changed. */
export function memo<Props extends object>(part: FunctionComponent<Props>): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const keys = Object.keys(next) as (keyof Props)[];
      return keys.some((key) => next[key] !== (this.props as Props)[key]);
    }

    override render(): ComponentChild {
      return h(part, this.props as Props);
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}
