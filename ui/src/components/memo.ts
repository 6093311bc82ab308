import { Component, h } from 'preact';
import type { ComponentChild, FunctionComponent } from 'preact';

/** Draws again only when `same` says that the properties differ; what the component selects itself still draws it. */
export function memo<Props extends object>(
  draw: FunctionComponent<Props>,
  same: (before: Readonly<Props>, after: Readonly<Props>) => boolean,
): new (props: Props) => Component<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return !same(this.props, next);
    }

    override render(): ComponentChild {
      return h(draw, this.props);
    }
  };
}
