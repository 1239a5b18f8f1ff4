import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';

interface Props {
  what: string;
  /** Shown instead of the plain sentence, for example the raw record. */
  fallback?: ReactNode;
  children: ReactNode;
  /** A new value tries again. */
  reset?: unknown;
}

/** One bad row or panel is shown as such; the page stays. */
export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: Props) {
    if (this.state.error && before.reset !== this.props.reset) this.setState({ error: null });
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      this.props.fallback ?? (
        <div className="finding finding-error" role="alert">
          <div>
            <IconAlertTriangle size={13} style={{ verticalAlign: -2, marginRight: 5 }} />
            {this.props.what} cannot be shown: {this.state.error.message}
          </div>
          <button type="button" className="bare link" onClick={() => this.setState({ error: null })}>
            Try again
          </button>
        </div>
      )
    );
  }
}
